package io.streams.spring.actuate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.LocalStreamServerPort;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StreamsEndpoint} and its neighbours, over HTTP in a running
 * application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always",
				"streams.servers.firehose.send-buffer=4KB", "streams.servers.slow.limit=1KB" })
class StreamsEndpointWebTests {

	private final HttpClient http = HttpClient.newHttpClient();

	private final List<AutoCloseable> clients = new ArrayList<>();

	@LocalServerPort
	private int port;

	@LocalStreamServerPort("echo")
	private int echoPort;

	@LocalStreamServerPort("firehose")
	private int firehosePort;

	@LocalStreamServerPort("slow")
	private int slowPort;

	@Autowired
	private StreamServers servers;

	@AfterEach
	void closeClients() throws Exception {
		for (AutoCloseable client : this.clients) {
			client.close();
		}
		Slow.read.countDown();
		await().until(() -> this.servers.getRunning().stream().allMatch((server) -> server.connections().isEmpty()));
		Slow.read = new CountDownLatch(1);
	}

	@Test
	void serversAndTotalsAreShown() throws Exception {
		connect(this.echoPort);
		await().until(() -> this.servers.get("echo").connections().size() == 1);
		DocumentContext json = getJson("/actuator/streams");
		assertThat(json.<List<String>>read("$.servers[*].name")).containsExactlyInAnyOrder("echo", "firehose", "slow",
				"local");
		assertThat(json.<List<String>>read("$.servers[?(@.name=='echo')].addresses[*]"))
			.containsExactly("127.0.0.1:" + this.echoPort);
		assertThat(json.<List<String>>read("$.servers[?(@.name=='local')].addresses[*]"))
			.containsExactly("unix:" + Local.PATH);
		assertThat(json.<List<String>>read("$.servers[*].state")).containsOnly("serving");
		assertThat(json.<List<Integer>>read("$.servers[?(@.name=='echo')].totals.active")).containsExactly(1);
		assertThat(json.<Integer>read("$.totals.active")).isEqualTo(1);
		assertThat(json.<List<String>>read("$.loops[*].name")).isNotEmpty()
			.allMatch((name) -> name.startsWith("streams-loop"));
		assertThat(json.<List<String>>read("$.loops[*].lag")).allMatch((lag) -> Duration.parse(lag).toSeconds() < 60);
	}

	@Test
	void pageHasTheMediaTypeOfTheEndpoint() throws Exception {
		assertThat(request("GET", "/actuator/streams/echo").headers().firstValue("Content-Type"))
			.isEqualTo(request("GET", "/actuator/streams").headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("application/vnd.spring-boot.actuator."));
		assertThat(Instant.parse(getJson("/actuator/streams/echo").read("$.at"))).isBeforeOrEqualTo(Instant.now());
	}

	@Test
	void clientThatDoesNotReadIsListedFirst() throws Exception {
		Socket reading = connectRaw(this.firehosePort);
		Thread.ofVirtual().start(() -> readAll(reading));
		connectRaw(this.firehosePort);
		await().untilAsserted(() -> {
			DocumentContext json = getJson("/actuator/streams/firehose");
			assertThat(json.<Integer>read("$.connections.length()")).isEqualTo(2);
			assertThat(json.<String>read("$.connections[0].writing.state")).isEqualTo("paused");
			assertThat(json.<Integer>read("$.connections[0].writing.drainWaiters")).isEqualTo(1);
			assertThat(json.<Integer>read("$.connections[0].writing.buffered"))
				.isGreaterThan(json.<Integer>read("$.connections[0].writing.lowWaterMark"));
			assertThat(Duration.parse(json.read("$.connections[0].writing.pausedFor"))).isPositive();
			assertThat(Instant.parse(json.read("$.connections[0].writing.pausedSince"))).isBefore(Instant.now());
			assertThat(json.<Integer>read("$.connections[0].writing.pauses")).isPositive();
			assertThat(json.<String>read("$.connections[0].reading.state")).isEqualTo("flowing");
		});
		assertThat(measurement("/actuator/metrics/streams.paused?tag=direction:write&tag=server:firehose"))
			.isPositive();
		assertThat(measurement("/actuator/metrics/streams.drain.waiting?tag=server:firehose")).isPositive();
	}

	@Test
	void clientThatIsNotReadIsShownAsSuch() throws Exception {
		connect(this.slowPort).writer().write(new byte[64 * 1024]);
		await().untilAsserted(() -> {
			DocumentContext json = getJson("/actuator/streams/slow?state=reading-paused");
			assertThat(json.<String>read("$.connections[0].reading.state")).isEqualTo("paused");
			assertThat(json.<Integer>read("$.connections[0].reading.buffered")).isGreaterThan(2048);
			assertThat(json.<Integer>read("$.connections[0].reading.lowWaterMark")).isEqualTo(1024);
			assertThat(json.<Integer>read("$.connections[0].reading.highWaterMark")).isEqualTo(2048);
		});
		assertThat(getJson("/actuator/streams/slow?state=writing-paused").<List<?>>read("$.connections")).isEmpty();
		assertThat(getJson("/actuator/streams/slow?state=draining").<List<?>>read("$.connections")).isEmpty();
	}

	@Test
	void connectionIsShownWithTheStackOfItsHandler() throws Exception {
		connect(this.slowPort);
		await().until(() -> this.servers.get("slow").connections().size() == 1);
		String id = getJson("/actuator/streams/slow").read("$.connections[0].id");
		await().untilAsserted(() -> {
			DocumentContext json = getJson("/actuator/streams/slow/" + id);
			assertThat(json.<String>read("$.id")).isEqualTo(id);
			assertThat(json.<String>read("$.server")).isEqualTo("slow");
			assertThat(json.<String>read("$.state")).isEqualTo("open");
			assertThat(json.<String>read("$.localAddress")).isEqualTo("127.0.0.1:" + this.slowPort);
			assertThat(json.<String>read("$.remoteAddress")).startsWith("127.0.0.1:");
			assertThat(Instant.parse(json.read("$.openedAt"))).isBefore(Instant.now());
			assertThat(json.<Boolean>read("$.handlerRunning")).isTrue();
			assertThat(json.<String>read("$.handler.state")).isEqualTo("waiting");
			assertThat(json.<List<String>>read("$.handler.stack"))
				.anyMatch((frame) -> frame.contains("Slow.onConnect"));
		});
	}

	@Test
	void connectionsComeInPages() throws Exception {
		for (int i = 0; i < 5; i++) {
			connect(this.echoPort);
		}
		await().until(() -> this.servers.get("echo").connections().size() == 5);
		List<String> ids = new ArrayList<>();
		for (int page = 0; page < 3; page++) {
			DocumentContext json = getJson("/actuator/streams/echo?page=" + page + "&size=2");
			assertThat(json.<Integer>read("$.page.number")).isEqualTo(page);
			assertThat(json.<Integer>read("$.page.totalElements")).isEqualTo(5);
			assertThat(json.<Integer>read("$.page.totalPages")).isEqualTo(3);
			ids.addAll(json.<List<String>>read("$.connections[*].id"));
		}
		assertThat(ids).hasSize(5).doesNotHaveDuplicates();
		assertThat(getJson("/actuator/streams/echo?page=3&size=2").<List<?>>read("$.connections")).isEmpty();
		assertThat(getJson("/actuator/streams/echo?size=100000").<Integer>read("$.page.size")).isEqualTo(500);
		assertThat(getJson("/actuator/streams/echo").<Integer>read("$.page.size")).isEqualTo(50);
	}

	@ParameterizedTest
	@CsvSource({ "GET,/actuator/streams,200", "GET,/actuator/streams/echo,200", "GET,/actuator/streams/nobody,404",
			"GET,/actuator/streams/echo/0123456789abcdef,404", "GET,/actuator/streams/nobody/0123456789abcdef,404",
			"GET,/actuator/streams/echo/a/b,404", "GET,/actuator/streams/echo?page=-1,400",
			"GET,/actuator/streams/echo?size=0,400", "GET,/actuator/streams/echo?size=many,400",
			"GET,/actuator/streams/echo?state=asleep,400", "DELETE,/actuator/streams/echo/0123456789abcdef,405",
			"DELETE,/actuator/streams/echo/0123456789abcdef?force=true,405", "POST,/actuator/streams/echo,405",
			"POST,/actuator/streams/echo/0123456789abcdef,405", "DELETE,/actuator/streams,405",
			"POST,/actuator/streamsui,405", "GET,/actuator/streamsui,200", "GET,/actuator/streams/echo?state=held,200",
			"GET,/actuator/streams/echo?state=closing,200" })
	void requestHasStatus(String method, String path, int status) throws Exception {
		assertThat(request(method, path).statusCode()).isEqualTo(status);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			page=-1      | 'page' must be 0 or more
			page=first   | 'page' must be a number
			size=0       | 'size' must be from 1 to 500
			size=many    | 'size' must be a number
			state=asleep | 'state' must be one of reading-paused, writing-paused, draining, held, closing
			""")
	void wrongParameterIsToldWhatToWrite(String query, String message) throws Exception {
		HttpResponse<String> response = request("GET", "/actuator/streams/echo?" + query);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
		assertThat(JsonPath.<String>read(response.body(), "$.message")).isEqualTo(message);
	}

	@Test
	void payloadIsNeverShown() throws Exception {
		StreamConnection client = connect(this.slowPort);
		client.writer().write("the-secret-of-the-peer".getBytes(StandardCharsets.UTF_8));
		await().untilAsserted(
				() -> assertThat(getJson("/actuator/streams/slow").<Integer>read("$.connections[0].reading.buffered"))
					.isPositive());
		String id = getJson("/actuator/streams/slow").read("$.connections[0].id");
		assertThat(request("GET", "/actuator/streams/slow").body()).doesNotContain("secret");
		assertThat(request("GET", "/actuator/streams/slow/" + id).body()).doesNotContain("secret");
	}

	@Test
	void healthHasTheStreams() throws Exception {
		DocumentContext json = getJson("/actuator/health");
		assertThat(json.<String>read("$.components.streams.status")).isEqualTo("UP");
		assertThat(json.<String>read("$.components.streams.details.echo.state")).isEqualTo("serving");
	}

	@Test
	void endpointLinksToItself() throws Exception {
		DocumentContext json = getJson("/actuator");
		assertThat(json.<String>read("$._links.streams.href")).endsWith("/actuator/streams");
		assertThat(json.<String>read("$._links.streams-server.href")).endsWith("/actuator/streams/{server}");
		assertThat(json.<String>read("$._links.streams-server-id.href")).endsWith("/actuator/streams/{server}/{id}");
	}

	private double measurement(String path) throws Exception {
		return getJson(path).<Double>read("$.measurements[0].value");
	}

	private DocumentContext getJson(String path) throws Exception {
		HttpResponse<String> response = request("GET", path);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonPath.parse(response.body());
	}

	private HttpResponse<String> request(String method, String path) throws Exception {
		URI uri = URI.create("http://localhost:" + this.port + path);
		HttpRequest request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build();
		return this.http.send(request, BodyHandlers.ofString());
	}

	private StreamConnection connect(int port) throws IOException {
		StreamConnection client = Streams.openConnection("127.0.0.1", port);
		this.clients.add(client::abort);
		return client;
	}

	private Socket connectRaw(int port) throws IOException {
		Socket client = new Socket();
		client.setReceiveBufferSize(4096);
		client.connect(new InetSocketAddress("127.0.0.1", port));
		this.clients.add(client);
		return client;
	}

	private static void readAll(Socket socket) {
		try (InputStream input = socket.getInputStream()) {
			input.transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			// The test is over
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ EchoServer.class, Firehose.class, Slow.class, Local.class })
	static class TestApplication {

	}

	static class Firehose {

		@StreamHandler(server = "firehose", host = "127.0.0.1", port = "0")
		void onConnect(StreamWriter writer) throws IOException {
			byte[] kilobyte = new byte[1024];
			while (!Thread.currentThread().isInterrupted()) {
				writer.write(kilobyte);
				writer.drain();
			}
		}

	}

	static class Slow {

		static volatile CountDownLatch read = new CountDownLatch(1);

		@StreamHandler(server = "slow", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader) throws Exception {
			read.await();
			reader.read();
		}

	}

	static class Local {

		static final Path PATH = Path.of(System.getProperty("java.io.tmpdir"),
				"streams-endpoint-" + ProcessHandle.current().pid() + ".sock");

		@StreamHandler(server = "local", path = "${java.io.tmpdir}/streams-endpoint-${PID}.sock")
		void onConnect(StreamReader reader) throws Exception {
			reader.read();
		}

	}

}
