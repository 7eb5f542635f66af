package io.streams.spring.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.streams.StreamConnection;
import io.streams.Streams;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.LocalStreamServerPort;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what operators can do with the {@link StreamsEndpoint} where its access is
 * unrestricted and nobody asks who they are.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=streams",
				"management.endpoint.streams.access=unrestricted",
				"logging.level.io.streams.spring.actuate.OperatorLog=info" })
@ExtendWith(OutputCaptureExtension.class)
class StreamsEndpointActionTests {

	private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@LocalStreamServerPort("echo")
	private int echoPort;

	@Autowired
	private StreamServers servers;

	@Autowired
	private BlockingQueue<AuditEvent> audits;

	private StreamConnection client;

	private StreamConnection connection;

	@BeforeEach
	void connect() throws IOException {
		this.audits.clear();
		this.client = Streams.openConnection("127.0.0.1", this.echoPort);
		await().until(() -> this.servers.get("echo").connections().size() == 1);
		this.connection = this.servers.get("echo").connections().iterator().next();
	}

	@AfterEach
	void disconnect() {
		this.client.abort();
		await().until(() -> this.servers.get("echo").connections().isEmpty());
	}

	@Test
	void readingIsPausedAndResumed() throws Exception {
		DocumentContext paused = post(connectionPath(), """
				{"action": "pause-reading"}""");
		assertThat(paused.<Boolean>read("$.heldByOperator")).isTrue();
		this.client.writer().write(HELLO);
		assertThat(get(connectionPath()).<List<String>>read("$.events[?(@.event=='operator')].detail"))
			.containsExactly("pause-reading by anonymous");
		assertThat(post(connectionPath(), """
				{"action": "resume-reading"}""").<Boolean>read("$.heldByOperator")).isFalse();
		assertThat(this.client.reader().readLine()).isEqualTo(HELLO);
	}

	@Test
	void waterMarksAndLimitAreChanged() throws Exception {
		DocumentContext marks = post(connectionPath(), """
				{"action": "set-water-marks", "low": "1KB", "high": 8192}""");
		assertThat(marks.<Integer>read("$.writing.lowWaterMark")).isEqualTo(1024);
		assertThat(marks.<Integer>read("$.writing.highWaterMark")).isEqualTo(8192);
		DocumentContext limit = post(connectionPath(), """
				{"action": "set-limit", "limit": "2KB"}""");
		assertThat(limit.<Integer>read("$.reading.lowWaterMark")).isEqualTo(2048);
		assertThat(limit.<Integer>read("$.reading.highWaterMark")).isEqualTo(4096);
	}

	@Test
	void highMarkAloneMakesTheLowOne() throws Exception {
		DocumentContext marks = post(connectionPath(), """
				{"action": "set-water-marks", "high": "8KB"}""");
		assertThat(marks.<Integer>read("$.writing.lowWaterMark")).isEqualTo(2048);
	}

	@ParameterizedTest
	@CsvSource({ "POST, {\"action\": \"close\"}, ", "POST, {\"action\": \"abort\"}, ", "DELETE, '', ''",
			"DELETE, '', ?force=true" })
	void connectionIsClosed(String method, String body, String query) throws Exception {
		String path = connectionPath() + ((query != null) ? query : "");
		assertThat(request(method, path, body).statusCode()).isEqualTo(200);
		await().until(() -> this.connection.isClosed());
		assertThat(request("GET", path, "").statusCode()).isEqualTo(404);
	}

	@Test
	void acceptingIsPausedAndResumed() throws Exception {
		String path = "/actuator/streams/echo";
		assertThat(post(path, """
				{"action": "pause-accepting"}""").<Boolean>read("$.acceptPaused")).isTrue();
		assertThat(get(path).<Boolean>read("$.acceptPaused")).isTrue();
		assertThat(get(path).<Boolean>read("$.acceptHeld")).isTrue();
		assertThat(post(path, """
				{"action": "resume-accepting"}""").<Boolean>read("$.acceptPaused")).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"action": "pause-reading"}                               | pause-reading
			{"action": "resume-reading"}                              | resume-reading
			{"action": "set-water-marks", "low": "1KB", "high": 8192} | set-water-marks {high=8192, low=1KB}
			{"action": "set-limit", "limit": "2KB"}                   | set-limit {limit=2KB}
			{"action": "close"}                                       | close
			{"action": "abort"}                                       | abort
			""")
	void everyActionOnAConnectionIsAuditedAndLogged(String body, String what, CapturedOutput output) throws Exception {
		post(connectionPath(), body);
		AuditEvent audit = this.audits.poll(5, TimeUnit.SECONDS);
		assertThat(audit.getType()).isEqualTo(OperatorLog.AUDIT_TYPE);
		assertThat(audit.getData()).containsEntry("action", what.split(" ")[0])
			.containsEntry("server", "echo")
			.containsEntry("connection", this.connection.id());
		assertThat(this.audits).isEmpty();
		assertThat(output)
			.containsOnlyOnce("Operator anonymous: " + what + " on connection " + this.connection.id() + " of 'echo'");
	}

	@ParameterizedTest
	@CsvSource({ "pause-accepting", "resume-accepting" })
	void everyActionOnAServerIsAuditedAndLogged(String action, CapturedOutput output) throws Exception {
		post("/actuator/streams/echo", "{\"action\": \"" + action + "\"}");
		assertThat(this.audits.poll(5, TimeUnit.SECONDS).getData())
			.containsExactlyInAnyOrderEntriesOf(Map.of("action", action, "server", "echo"));
		assertThat(output).containsOnlyOnce("Operator anonymous: " + action + " on stream server 'echo'");
		this.servers.get("echo").resumeAccepting();
	}

	@Test
	void whatAnOperatorClosedIsListedWithThatReason() throws Exception {
		post(connectionPath(), """
				{"action": "close"}""");
		await().until(() -> this.connection.isClosed());
		await().untilAsserted(() -> {
			DocumentContext server = get("/actuator/streams/echo");
			assertThat(server.<String>read("$.lastClosed[0].id")).isEqualTo(this.connection.id());
			assertThat(server.<String>read("$.lastClosed[0].reason")).isEqualTo("operator");
			assertThat(server.<Integer>read("$.closedConnections.operator")).isPositive();
		});
	}

	@ParameterizedTest
	@CsvSource({ "text/plain", "application/x-www-form-urlencoded" })
	void formOfAForeignPageDoesNothing(String type) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + connectionPath()))
			.header("Content-Type", type)
			.POST(BodyPublishers.ofString("{\"action\": \"abort\"}"))
			.build();
		assertThat(this.http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
		assertThat(this.connection.isClosed()).isFalse();
		assertThat(this.audits).isEmpty();
	}

	@Test
	void wordsOfARequestMakeNoLinesInTheLog(CapturedOutput output) throws Exception {
		post(connectionPath(), """
				{"action": "set-limit", "limit": "2KB", "low": "x\\r\\nforged \\u001b[2J"}""");
		assertThat(output).contains("x\\r\\nforged \\x1b[2J").doesNotContain("\u001b[2J");
	}

	@Test
	void actionIsAuditedAndLogged(CapturedOutput output) throws Exception {
		post(connectionPath(), """
				{"action": "set-limit", "limit": "2KB"}""");
		AuditEvent audit = this.audits.poll(5, TimeUnit.SECONDS);
		assertThat(audit.getType()).isEqualTo(OperatorLog.AUDIT_TYPE);
		assertThat(audit.getPrincipal()).isEqualTo("anonymous");
		assertThat(audit.getData()).containsExactlyInAnyOrderEntriesOf(
				Map.of("action", "set-limit", "server", "echo", "connection", this.connection.id(), "limit", "2KB"));
		assertThat(output)
			.contains("Operator anonymous: set-limit {limit=2KB} on connection " + this.connection.id() + " of 'echo'");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "{} | must be one of pause-reading, resume-reading, set-water-marks, set-limit, close, abort",
					"{\"action\": \"explode\"} | must be one of",
					"{\"action\": \"set-limit\"} | needs 'limit', such as",
					"{\"action\": \"set-limit\", \"limit\": 0} | Limit cannot be <= 0",
					"{\"action\": \"set-limit\", \"limit\": \"much\"} | 'limit' must be a number of bytes",
					"{\"action\": \"set-water-marks\"} | needs 'low', 'high' or both",
					"{\"action\": \"set-water-marks\", \"low\": 9, \"high\": 8} | 0 <= low <= high",
					"{\"action\": \"set-water-marks\", \"high\": \"4GB\"} | below 2 GiB" })
	void wrongRequestIsToldWhatToWrite(String body, String message) throws Exception {
		HttpResponse<String> response = request("POST", connectionPath(), body);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
		assertThat(JsonPath.<String>read(response.body(), "$.message")).contains(message);
		assertThat(this.audits).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "POST,/actuator/streams/nobody,pause-accepting,No server 'nobody' runs here. These do: [echo]",
			"POST,/actuator/streams/nobody/00,abort,No server 'nobody' runs here.",
			"POST,/actuator/streams/echo/00,abort,Server 'echo' has no connection '00' that is open.",
			"DELETE,/actuator/streams/echo/00,'',Server 'echo' has no connection '00' that is open.",
			"GET,/actuator/streams/nobody,'',No server 'nobody' runs here.",
			"GET,/actuator/streams/echo/00,'',Server 'echo' has no connection '00' that is open." })
	void whatIsNotThereIsNotFoundAndSaysSo(String method, String path, String action, String message) throws Exception {
		String body = action.isEmpty() ? "" : "{\"action\": \"" + action + "\"}";
		HttpResponse<String> response = request(method, path, body);
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(JsonPath.<Integer>read(response.body(), "$.status")).isEqualTo(404);
		assertThat(JsonPath.<String>read(response.body(), "$.message")).startsWith(message);
	}

	@Test
	void endpointSaysThatActionsAreAllowed() throws Exception {
		assertThat(get("/actuator/streams").<Boolean>read("$.actions")).isTrue();
	}

	private String connectionPath() {
		return "/actuator/streams/echo/" + this.connection.id();
	}

	private DocumentContext get(String path) throws Exception {
		return successful(request("GET", path, ""));
	}

	private DocumentContext post(String path, String body) throws Exception {
		return successful(request("POST", path, body));
	}

	private static DocumentContext successful(HttpResponse<String> response) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonPath.parse(response.body());
	}

	private HttpResponse<String> request(String method, String path, String body) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Content-Type", "application/json")
			.method(method, BodyPublishers.ofString(body))
			.build();
		return this.http.send(request, BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(EchoServer.class)
	static class TestApplication {

		private final BlockingQueue<AuditEvent> audits = new LinkedBlockingQueue<>();

		@Bean
		BlockingQueue<AuditEvent> audits() {
			return this.audits;
		}

		@EventListener
		void audited(AuditApplicationEvent event) {
			this.audits.add(event.getAuditEvent());
		}

	}

}
