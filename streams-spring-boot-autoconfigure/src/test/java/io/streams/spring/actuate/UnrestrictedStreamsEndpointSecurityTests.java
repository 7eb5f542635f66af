package io.streams.spring.actuate;

import io.streams.StreamConnection;
import io.streams.Streams;
import io.streams.spring.server.LocalStreamServerPort;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the {@link StreamsEndpoint} behind Spring Security where its access is
 * unrestricted: operators may act, and it is known who did.
 */
@SpringBootTest(classes = SecuredApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { SecuredApplication.WITH_SECURITY, "management.endpoints.web.exposure.include=streams",
				"management.endpoint.streams.access=unrestricted",
				"logging.level.io.streams.spring.actuate.OperatorLog=info" })
@ExtendWith(OutputCaptureExtension.class)
class UnrestrictedStreamsEndpointSecurityTests {

	@LocalServerPort
	private int port;

	@LocalStreamServerPort("echo")
	private int echoPort;

	@Autowired
	private StreamServers servers;

	@Autowired
	private AuditEventRepository audits;

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', textBlock = """
			        , POST,   /actuator/streams/echo,    resume-accepting, 401
			        , POST,   /actuator/streams/echo/ID, abort,            401
			        , DELETE, /actuator/streams/echo/ID, ,                 401
			guest   , POST,   /actuator/streams/echo,    resume-accepting, 403
			guest   , POST,   /actuator/streams/echo/ID, abort,            403
			guest   , DELETE, /actuator/streams/echo/ID, ,                 403
			operator, POST,   /actuator/streams/echo,    resume-accepting, 200
			operator, POST,   /actuator/streams/echo/ID, resume-reading,   200
			operator, POST,   /actuator/streams/echo/ID, explode,          400
			operator, POST,   /actuator/streams/echo/00, abort,            404
			operator, DELETE, /actuator/streams/echo/00, ,                 404
			operator, DELETE, /actuator/streams/echo/ID, ,                 200
			operator, GET,    /actuator/streamsui,       ,                 404
			""")
	void requestHasStatus(String user, String method, String path, String action, int status) throws Exception {
		try (StreamConnection client = Streams.openConnection("127.0.0.1", this.echoPort)) {
			await().until(() -> this.servers.get("echo").connections().size() == 1);
			String id = this.servers.get("echo").connections().iterator().next().id();
			String body = (action != null) ? "{\"action\": \"" + action + "\"}" : null;
			assertThat(new EndpointClient(this.port).send(user, method, path.replace("ID", id), body).statusCode())
				.isEqualTo(status);
		}
		await().until(() -> this.servers.get("echo").connections().isEmpty());
	}

	@Test
	void itIsKnownWhoActed(CapturedOutput output) throws Exception {
		new EndpointClient(this.port).send("operator", "POST", "/actuator/streams/echo",
				"{\"action\": \"pause-accepting\"}");
		assertThat(this.servers.get("echo").snapshot().acceptPaused()).isTrue();
		this.servers.get("echo").resumeAccepting();
		assertThat(SecuredApplication.operations(this.audits)).anySatisfy((audit) -> {
			assertThat(audit.getPrincipal()).isEqualTo("operator");
			assertThat(audit.getData()).containsEntry("action", "pause-accepting").containsEntry("server", "echo");
		});
		assertThat(output).contains("Operator operator: pause-accepting on stream server 'echo'");
	}

}
