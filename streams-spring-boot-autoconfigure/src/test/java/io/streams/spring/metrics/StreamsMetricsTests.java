package io.streams.spring.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.autoconfigure.StreamsAutoConfiguration;
import io.streams.spring.autoconfigure.StreamsMetricsAutoConfiguration;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StreamsMetrics}, over real connections.
 */
class StreamsMetricsTests {

	private static final double LOW_WATER_MARK = 16 * 1024;

	private static final int PEERS = 10_000;

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamsAutoConfiguration.class, StreamsMetricsAutoConfiguration.class))
		.withBean(MeterRegistry.class, () -> this.registry);

	@Test
	void connectionsBytesAndHandlersAreCounted() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			try (StreamConnection client = connect(context, "echo")) {
				client.writer().write("hello\n".getBytes(UTF_8));
				assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("hello\n");
				assertThat(gauge("streams.connections.active")).isEqualTo(1);
				assertThat(count("streams.connections.accepted")).isEqualTo(1);
				assertThat(bytes("read")).isEqualTo(6);
				await().untilAsserted(() -> assertThat(bytes("write")).isEqualTo(6));
			}
			await().untilAsserted(() -> {
				assertThat(gauge("streams.connections.active")).isZero();
				assertThat(count("streams.connections.closed", "reason", "handler-finished")).isEqualTo(1);
				assertThat(timerCount("streams.handler.time", "outcome", "finished")).isEqualTo(1);
			});
			assertThat(gauge("streams.loop.lag")).isBetween(0.0, 10.0);
		});
	}

	@Test
	void failedHandlerIsCountedAsSuch() {
		this.runner.withBean(Failing.class).run((context) -> {
			try (StreamConnection client = connect(context, "failing")) {
				await().untilAsserted(() -> {
					assertThat(timerCount("streams.handler.time", "outcome", "failed")).isEqualTo(1);
					assertThat(count("streams.connections.closed", "reason", "handler-failed")).isEqualTo(1);
				});
			}
		});
	}

	@Test
	void writerOfAPeerThatDoesNotReadIsSeen() {
		this.runner.withBean(Firehose.class)
			.withPropertyValues("streams.servers.firehose.send-buffer=4KB")
			.run((context) -> {
				try (Socket client = connectWithSmallBuffer(context, "firehose")) {
					await().untilAsserted(() -> {
						assertThat(gauge("streams.paused", "direction", "write")).isEqualTo(1);
						assertThat(gauge("streams.paused.longest", "direction", "write")).isPositive();
						assertThat(gauge("streams.drain.waiting")).isEqualTo(1);
						assertThat(gauge("streams.buffered", "direction", "write")).isGreaterThan(LOW_WATER_MARK);
						assertThat(gauge("streams.buffered.max", "direction", "write")).isGreaterThan(LOW_WATER_MARK);
					});
					assertThat(gauge("streams.paused", "direction", "read")).isZero();
					assertThat(gauge("streams.paused.longest", "direction", "read")).isZero();
					assertThat(timerCount("streams.drain.time")).isZero();
					context.getBean(Firehose.class).stop = true;
					readToTheEnd(client.getInputStream());
					await().untilAsserted(() -> {
						assertThat(gauge("streams.paused", "direction", "write")).isZero();
						assertThat(gauge("streams.paused.longest", "direction", "write")).isZero();
						assertThat(gauge("streams.drain.waiting")).isZero();
						assertThat(timerCount("streams.drain.time")).isEqualTo(1);
						assertThat(timerCount("streams.paused.time", "direction", "write")).isEqualTo(1);
					});
					assertThat(this.registry.get("streams.drain.time").timer().totalTime(TimeUnit.MILLISECONDS))
						.isPositive();
				}
			});
	}

	@Test
	void readerOfAHandlerThatDoesNotReadIsSeen() {
		this.runner.withBean(Slow.class).withPropertyValues("streams.servers.slow.limit=1KB").run((context) -> {
			try (StreamConnection client = connect(context, "slow")) {
				client.writer().write(new byte[64 * 1024]);
				await().untilAsserted(() -> {
					assertThat(gauge("streams.paused", "direction", "read")).isEqualTo(1);
					assertThat(gauge("streams.buffered", "direction", "read")).isGreaterThan(2048);
					assertThat(gauge("streams.buffered.max", "direction", "read")).isGreaterThan(2048);
				});
				client.writer().writeEof();
				context.getBean(Slow.class).read.countDown();
				await().untilAsserted(() -> {
					assertThat(gauge("streams.paused", "direction", "read")).isZero();
					assertThat(timerCount("streams.paused.time", "direction", "read")).isPositive();
				});
			}
		});
	}

	@Test
	void pauseOfAcceptingIsSeen() {
		this.runner.withBean(EchoServer.class)
			.withPropertyValues("streams.servers.echo.max-connections=1")
			.run((context) -> {
				try (StreamConnection first = connect(context, "echo")) {
					await().untilAsserted(() -> assertThat(gauge("streams.connections.active")).isEqualTo(1));
					try (StreamConnection waits = connect(context, "echo")) {
						await().untilAsserted(() -> assertThat(gauge("streams.accept.paused")).isEqualTo(1));
					}
				}
				await().untilAsserted(() -> assertThat(gauge("streams.accept.paused")).isZero());
			});
	}

	@Test
	void tenThousandPeersMakeNoMeters() {
		this.runner.withBean(EchoServer.class).run((context) -> {
			int meters = this.registry.getMeters().size();
			for (int i = 0; i < PEERS; i++) {
				StreamConnection client = connect(context, "echo");
				client.writer().write((i + "\n").getBytes(UTF_8));
				client.reader().readLine();
				// Resets, so that no port has to wait for its next use
				client.abort();
			}
			assertThat(count("streams.connections.accepted")).isEqualTo(PEERS);
			await().untilAsserted(() -> assertThat(gauge("streams.connections.active")).isZero());
			assertThat(this.registry.getMeters()).hasSize(meters);
		});
	}

	private static StreamConnection connect(ApplicationContext context, String server) throws IOException {
		return Streams.openConnection("127.0.0.1", context.getBean(StreamServers.class).get(server).port());
	}

	private static Socket connectWithSmallBuffer(ApplicationContext context, String server) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(4096);
		socket.connect(new InetSocketAddress("127.0.0.1", context.getBean(StreamServers.class).get(server).port()));
		return socket;
	}

	private static void readToTheEnd(InputStream input) throws IOException {
		byte[] bytes = new byte[8192];
		while (input.read(bytes) >= 0) {
			// Only the end is of interest
		}
	}

	private double gauge(String name, String... tags) {
		return search(name, tags).gauge().value();
	}

	private double count(String name, String... tags) {
		return search(name, tags).counter().count();
	}

	private double bytes(String direction) {
		return search("streams.bytes", "direction", direction).functionCounter().count();
	}

	private long timerCount(String name, String... tags) {
		return search(name, tags).timer().count();
	}

	private RequiredSearch search(String name, String... tags) {
		return this.registry.get(name).tags(tags);
	}

	static class Failing {

		@StreamHandler(server = "failing", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader) {
			throw new IllegalStateException("no");
		}

	}

	static class Firehose {

		volatile boolean stop;

		@StreamHandler(server = "firehose", host = "127.0.0.1", port = "0")
		void onConnect(StreamWriter writer) throws IOException {
			byte[] kilobyte = new byte[1024];
			while (!this.stop) {
				writer.write(kilobyte);
				writer.drain();
			}
		}

	}

	static class Slow {

		final CountDownLatch read = new CountDownLatch(1);

		@StreamHandler(server = "slow", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader) throws Exception {
			this.read.await();
			reader.read();
		}

	}

}
