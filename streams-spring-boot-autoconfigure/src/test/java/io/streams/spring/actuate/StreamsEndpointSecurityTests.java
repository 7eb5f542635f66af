package io.streams.spring.actuate;

import io.streams.StreamConnection;
import io.streams.Streams;
import io.streams.spring.server.LocalStreamServerPort;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the {@link StreamsEndpoint} behind Spring Security where its access is what
 * it is by default: to read only.
 */
@SpringBootTest(classes = SecuredApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { SecuredApplication.WITH_SECURITY, "management.endpoints.web.exposure.include=*" })
class StreamsEndpointSecurityTests {

	@LocalServerPort
	private int port;

	@LocalStreamServerPort("echo")
	private int echoPort;

	@Autowired
	private StreamServers servers;

	@Autowired
	private AuditEventRepository audits;

	@ParameterizedTest
	@CsvSource(textBlock = """
			        , GET,    /actuator/streams,           401
			        , GET,    /actuator/streams/echo,      401
			        , GET,    /actuator/streams/echo/ID,   401
			        , GET,    /actuator/streams/,          401
			        , GET,    /actuator//streams,          400
			        , GET,    /actuator/streams%2Fecho,    400
			        , GET,    /actuator/streamsui,         401
			        , POST,   /actuator/streams/echo,      401
			        , POST,   /actuator/streams/echo/ID,   401
			        , DELETE, /actuator/streams/echo/ID,   401
			guest   , GET,    /actuator/streams,           403
			guest   , GET,    /actuator/streams/echo/ID,   403
			guest   , GET,    /actuator/streamsui,         403
			guest   , POST,   /actuator/streams/echo/ID,   403
			guest   , DELETE, /actuator/streams/echo/ID,   403
			operator, GET,    /actuator/streams,           200
			operator, GET,    /actuator/streams/echo/ID,   200
			operator, GET,    /actuator/streamsui,         200
			operator, POST,   /actuator/streams/echo,      405
			operator, POST,   /actuator/streams/echo/ID,   405
			operator, DELETE, /actuator/streams/echo/ID,   405
			operator, POST,   /actuator/streamsui,         403
			""")
	void requestHasStatus(String user, String method, String path, int status) throws Exception {
		try (StreamConnection client = Streams.openConnection("127.0.0.1", this.echoPort)) {
			await().until(() -> this.servers.get("echo").connections().size() == 1);
			String id = this.servers.get("echo").connections().iterator().next().id();
			assertThat(new EndpointClient(this.port).send(user, method, path.replace("ID", id), "{}").statusCode())
				.isEqualTo(status);
			assertThat(this.servers.get("echo").connections()).hasSize(1);
			assertThat(SecuredApplication.operations(this.audits)).isEmpty();
		}
		await().until(() -> this.servers.get("echo").connections().isEmpty());
	}

}
