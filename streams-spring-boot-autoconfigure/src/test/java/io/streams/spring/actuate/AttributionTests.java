package io.streams.spring.actuate;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.StreamServers;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for who is said to be the bottleneck: a peer that takes nothing, a handler that
 * is slow between its reads, or nobody.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "management.endpoints.jmx.exposure.include=streams", "spring.jmx.enabled=true",
				"management.endpoints.jmx.domain=attribution", "streams.servers.firehose.send-buffer=4KB",
				"streams.servers.slow.limit=1KB" })
class AttributionTests {

	private static final Duration MEASURED = Duration.ofSeconds(4);

	@Autowired
	private StreamServers servers;

	@Autowired
	private StreamsEndpoint endpoint;

	@AfterEach
	void letHandlersGo() {
		Slow.over.countDown();
	}

	@Test
	void timeIsThatOfWhoeverIsSlow() throws Exception {
		try (Socket taking = connect("firehose"); Socket sending = connect("slow"); Socket idle = connect("echo")) {
			sending.getOutputStream().write(new byte[64 * 1024]);
			await().atMost(Duration.ofSeconds(30))
				.until(() -> connection("echo").age().compareTo(MEASURED) > 0
						&& connection("slow").age().compareTo(MEASURED) > 0);
			assertMostly("firehose", "write-blocked");
			assertMostly("slow", "read-paused");
			assertMostly("echo", "waiting-for-peer");
		}
	}

	private void assertMostly(String server, String activity) {
		ActivityDescriptor times = connection(server).activity();
		assertThat(times.current()).isEqualTo(activity);
		assertThat(times.lastMinute().get(activity)).as("%s: %s", server, times).isGreaterThanOrEqualTo(0.95);
		assertThat(times.lastFiveMinutes().get(activity)).isGreaterThanOrEqualTo(0.95);
		assertThat(times.total().get(activity)).isGreaterThan(MEASURED.multipliedBy(9).dividedBy(10));
		assertThat(times.total().values().stream().mapToLong(Duration::toMillis).sum())
			.isCloseTo(connection(server).age().toMillis(), Percentage.withPercentage(5));
		assertThat(server(server).activity().lastMinute().get(activity)).isGreaterThanOrEqualTo(0.95);
		assertThat(server(server).activity().current()).containsEntry(activity, 1);
	}

	private ServerDescriptor server(String name) {
		return this.endpoint.streams()
			.servers()
			.stream()
			.filter((server) -> server.name().equals(name))
			.findAny()
			.orElseThrow();
	}

	private ConnectionDescriptor connection(String server) {
		await().until(() -> this.servers.get(server).connections().size() == 1);
		return this.endpoint.connection(server, this.servers.get(server).connections().iterator().next().id());
	}

	private Socket connect(String server) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(4096);
		socket.connect(new InetSocketAddress("127.0.0.1", this.servers.get(server).port()));
		return socket;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ EchoServer.class, Firehose.class, Slow.class })
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

		static final CountDownLatch over = new CountDownLatch(1);

		@StreamHandler(server = "slow", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader) throws Exception {
			while (!over.await(100, TimeUnit.MILLISECONDS)) {
				reader.readExactly(16);
			}
		}

	}

}
