package io.streams.spring.actuate;

import java.util.ArrayList;
import java.util.List;

import io.streams.StreamConnection;
import io.streams.Streams;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.LocalStreamServerPort;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link WriteGuard} over HTTP: whose requests may act where no one asks who
 * the user is.
 */
@SpringBootTest(classes = WriteGuardWebTests.TestApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=streams",
				"management.endpoint.streams.access=unrestricted",
				"management.endpoint.streams.allowed-hosts=ops.example.com" })
class WriteGuardWebTests {

	private static final String PAUSE = "{\"action\": \"pause-accepting\"}";

	@LocalManagementPort
	private int port;

	@LocalStreamServerPort("echo")
	private int echoPort;

	@Autowired
	private StreamServers servers;

	@AfterEach
	void resume() {
		this.servers.get("echo").resumeAccepting();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			127.0.0.1:PORT        ,                                , , 200
			localhost:PORT        , http://localhost:PORT          , same-origin, 200
			LOCALHOST:PORT        , http://localhost:PORT          , same-origin, 200
			[::1]:PORT            , http://[::1]:PORT              , same-origin, 200
			192.168.1.20          , https://192.168.1.20           , same-origin, 200
			192.168.1.20:443      , https://192.168.1.20           , same-origin, 200
			127.0.0.1:PORT        ,                                , none, 200
			ops.example.com       , https://ops.example.com        , same-origin, 200
			OPS.example.com:PORT  ,                                , , 200
			127.0.0.1:PORT        , https://ops.example.com        , same-origin, 200
			attacker.example:PORT , http://attacker.example:PORT   , same-origin, 403
			attacker.example:PORT ,                                , , 403
			attacker.example:PORT , http://localhost:PORT          , , 403
			127.0.0.1.nip.example , http://127.0.0.1.nip.example   , same-origin, 403
			1.2.3.4.5             ,                                , , 403
			localhost.example     ,                                , , 403
			user@localhost:PORT   ,                                , , 403
			evil-ops.example.com  ,                                , , 403
			127.0.0.1:PORT        , http://attacker.example        , cross-site, 403
			127.0.0.1:PORT        , http://attacker.example:PORT   , , 403
			127.0.0.1:PORT        , http://127.0.0.1:1             , same-site, 403
			127.0.0.1:PORT        , http://127.0.0.1               , , 403
			127.0.0.1:PORT        , null                           , , 403
			127.0.0.1:PORT        , file://                        , , 403
			127.0.0.1:PORT        ,                                , cross-site, 403
			127.0.0.1:PORT        ,                                , same-site, 403
			""")
	void actionHasStatus(String host, String origin, String site, int status) throws Exception {
		RawHttp.Answer answer = send("POST", "/actuator/streams/echo", PAUSE, host, origin, site);
		// Tomcat itself refuses a Host that is none
		assertThat(answer.status()).as(answer.text()).isIn(status, (status == 403) ? 400 : status);
		assertThat(this.servers.get("echo").snapshot().acceptHeld()).isEqualTo(status == 200);
		assertThat(send("GET", "/actuator/streams/echo", "", "127.0.0.1:PORT", origin, site).status()).isEqualTo(200);
	}

	@Test
	void forwardedHostDoesNotCount() throws Exception {
		RawHttp.Answer answer = new RawHttp(this.port).send("POST", "/actuator/streams/echo",
				List.of("Host: attacker.example", "X-Forwarded-Host: localhost", "Forwarded: host=localhost"), PAUSE);
		assertThat(answer.status()).isEqualTo(403);
	}

	@Test
	void refusalSaysWhatToDo() throws Exception {
		assertThat(send("POST", "/actuator/streams/echo", PAUSE, "attacker.example", null, null).text()).contains(
				"Host 'attacker.example' may be any site's name",
				"add the host to management.endpoint.streams.allowed-hosts", "\"status\":403");
		assertThat(send("POST", "/actuator/streams/echo", PAUSE, "localhost", "http://attacker.example", null).text())
			.contains("Origin 'http://attacker.example' is not this application", "\"status\":403");
	}

	@Test
	void connectionIsGuarded() throws Exception {
		try (StreamConnection client = Streams.openConnection("127.0.0.1", this.echoPort)) {
			await().until(() -> this.servers.get("echo").connections().size() == 1);
			StreamConnection connection = this.servers.get("echo").connections().iterator().next();
			String path = "/actuator/streams/echo/" + connection.id();
			assertThat(send("DELETE", path, "", "attacker.example", null, null).status()).isEqualTo(403);
			assertThat(send("DELETE", path, "", "localhost", "null", null).status()).isEqualTo(403);
			assertThat(send("POST", path, "{\"action\": \"abort\"}", "attacker.example", null, null).status())
				.isEqualTo(403);
			assertThat(connection.isClosed()).isFalse();
			assertThat(send("DELETE", path, "", "localhost", null, null).status()).isEqualTo(200);
			await().until(connection::isClosed);
		}
		await().until(() -> this.servers.get("echo").connections().isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", PAUSE, "{\"action\": \"resume-accepting\"}" })
	void actionInTheUrlIsRefused(String body) throws Exception {
		RawHttp.Answer answer = send("POST", "/actuator/streams/echo?action=pause-accepting", body, "localhost", null,
				null);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.text()).contains("'action' is in the URL: put it into the JSON body");
		assertThat(this.servers.get("echo").snapshot().acceptHeld()).isFalse();
	}

	private RawHttp.Answer send(String method, String path, String body, String host, String origin, String site)
			throws Exception {
		List<String> headers = new ArrayList<>(List.of("Host: " + host));
		if (origin != null) {
			headers.add("Origin: " + origin);
		}
		if (site != null) {
			headers.add("Sec-Fetch-Site: " + site);
		}
		return new RawHttp(this.port).send(method, path, headers, body);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(EchoServer.class)
	static class TestApplication {

	}

}
