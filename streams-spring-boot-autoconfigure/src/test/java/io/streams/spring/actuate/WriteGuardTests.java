package io.streams.spring.actuate;

import java.security.Principal;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.SecurityContext;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link WriteGuard}.
 */
class WriteGuardTests {

	@Test
	void requestThatCannotBeSeenIsRefused() {
		assertThatExceptionOfType(WriteGuard.ForbiddenException.class)
			.isThrownBy(() -> new WriteGuard(Set.of("ops.example.com"), () -> null).check(known()))
			.withMessageContaining("management.endpoint.streams.allowed-hosts=*");
		assertThatCode(() -> new WriteGuard(Set.of("*"), () -> null).check(SecurityContext.NONE))
			.doesNotThrowAnyException();
	}

	@Test
	void knownUserMayUseEveryHost() {
		WriteGuard guard = new WriteGuard(Set.of(), () -> request("app.internal:8080", "http://app.internal:8080"));
		assertThatCode(() -> guard.check(known())).doesNotThrowAnyException();
		assertThatExceptionOfType(WriteGuard.ForbiddenException.class)
			.isThrownBy(() -> guard.check(SecurityContext.NONE));
	}

	@Test
	void knownUserIsGuardedFromOtherSites() {
		WriteGuard guard = new WriteGuard(Set.of(), () -> request("app.internal", "http://attacker.example"));
		assertThatExceptionOfType(WriteGuard.ForbiddenException.class).isThrownBy(() -> guard.check(known()));
	}

	@Test
	void everyHostIsAllowedByAStar() {
		WriteGuard guard = new WriteGuard(Set.of("*"), () -> request("app.internal", "http://other.example"));
		assertThatCode(() -> guard.check(SecurityContext.NONE)).doesNotThrowAnyException();
	}

	private static EndpointRequestInfo request(String host, String origin) {
		return new EndpointRequestInfo(List.of(host), List.of(origin), List.of(), Set.of());
	}

	private static SecurityContext known() {
		SecurityContext context = mock();
		given(context.getPrincipal()).willReturn(mock(Principal.class));
		return context;
	}

}
