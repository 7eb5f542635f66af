package io.streams.spring.actuate;

import org.springframework.test.context.TestPropertySource;

/**
 * Tests for {@link WriteGuard} where the endpoints have a port, and so a context, of
 * their own.
 */
@TestPropertySource(properties = "management.server.port=0")
class WriteGuardManagementPortTests extends WriteGuardWebTests {

}
