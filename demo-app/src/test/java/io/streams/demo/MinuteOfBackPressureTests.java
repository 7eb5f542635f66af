package io.streams.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.streams.StreamReader;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServers;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A minute with a client that reads a kilobyte a second, a handler that reads a kilobyte
 * a second, and a connection on which nothing happens: endpoint and meters say who holds
 * up whom and for how long, and what the clients have measured themselves is the same.
 */
@Tag("slow")
@DemoTest
@Import(MinuteOfBackPressureTests.Unhurried.class)
class MinuteOfBackPressureTests {

	private static final Duration MINUTE = Duration.ofSeconds(60);

	private static final int KILOBYTE = 1024;

	private static final Percentage CLOSE = Percentage.withPercentage(5);

	private static final double NEARLY_ALWAYS = 0.95;

	@Autowired
	private StreamServers servers;

	@Autowired
	private Actuator actuator;

	@Test
	void isAttributedToWhoeverIsSlow() throws Exception {
		try (ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
				Socket idle = connect("echo");
				SlowlyReading reading = new SlowlyReading(connect("ticker"));
				FastSending sending = new FastSending(connect("unhurried"))) {
			pace.scheduleAtFixedRate(reading::readKilobyte, 0, 1, TimeUnit.SECONDS);
			await().atMost(MINUTE.plusSeconds(30))
				.until(() -> List.of("echo", "ticker", "unhurried")
					.stream()
					.allMatch((server) -> age(server).compareTo(MINUTE) > 0));
			assertThat(reading.kilobytes()).as("kilobytes that the client has read").isBetween(55, 65);
			assertMostly("ticker", "write-blocked");
			assertMostly("unhurried", "read-paused");
			assertMostly("echo", "waiting-for-peer");
			assertStall("ticker", "writing", "write", "write-blocked", reading.held());
			assertStall("unhurried", "reading", "read", "read-paused", sending.held());
			endAndCompareDrains(reading);
		}
	}

	/** Drains that wait are measured when they end: with the client, at the latest. */
	private void endAndCompareDrains(SlowlyReading reading) throws IOException {
		Duration held = reading.held();
		reading.close();
		await().until(() -> this.servers.get("ticker").connections().isEmpty());
		await().untilAsserted(
				() -> assertThat(this.actuator.metric("streams.drain.waiting", "VALUE", "server:ticker")).isZero());
		assertThat(this.actuator.metric("streams.drain.time", "TOTAL_TIME", "server:ticker")).as("time in drain")
			.isCloseTo(seconds(held), CLOSE);
		assertThat(pausedTime("ticker", "write")).as("time of pauses that are over").isCloseTo(seconds(held), CLOSE);
	}

	private void assertMostly(String server, String activity) {
		assertThat(this.<String>connection(server, "activity.current")).isEqualTo(activity);
		assertThat(this.<Double>connection(server, "activity.lastMinute." + activity)).as("%s: %s", server, activity)
			.isGreaterThanOrEqualTo(NEARLY_ALWAYS);
		assertThat(this.<Double>connection(server, "activity.lastFiveMinutes." + activity))
			.isGreaterThanOrEqualTo(NEARLY_ALWAYS);
		assertThat(seconds(Duration.parse(connection(server, "activity.total." + activity)))).as("%s in all", activity)
			.isGreaterThanOrEqualTo(NEARLY_ALWAYS * seconds(age(server)));
		List<Double> ofServer = this.actuator.read("/streams",
				"$.servers[?(@.name=='" + server + "')].activity.lastMinute." + activity);
		assertThat(ofServer).singleElement()
			.satisfies((share) -> assertThat(share).isGreaterThanOrEqualTo(NEARLY_ALWAYS));
	}

	/** Endpoint, meters and the client itself agree on how long it had to wait. */
	private void assertStall(String server, String side, String direction, String activity, Duration held) {
		double seconds = seconds(held);
		double total = seconds(Duration.parse(connection(server, "activity.total." + activity)));
		double paused = seconds(Duration.parse(connection(server, side + ".pausedTotal")));
		double measured = pausedTime(server, direction)
				+ this.actuator.metric("streams.paused.longest", "VALUE", "server:" + server, "direction:" + direction);
		System.out.printf("%s: client %.2f s; endpoint %s %.2f s, paused %.2f s; meters %.2f s%n", server, seconds,
				activity, total, paused, measured);
		assertThat(seconds).as("the client had to wait, or made wait")
			.isGreaterThan(NEARLY_ALWAYS * MINUTE.toSeconds());
		assertThat(total).as("%s: %s by the endpoint", server, activity).isCloseTo(seconds, CLOSE);
		assertThat(paused).as("%s: paused by the endpoint", server).isCloseTo(seconds, CLOSE);
		assertThat(measured).as("%s: paused by the meters", server).isCloseTo(seconds, CLOSE);
	}

	private double pausedTime(String server, String direction) {
		return this.actuator.metric("streams.paused.time", "TOTAL_TIME", "server:" + server, "direction:" + direction);
	}

	private Duration age(String server) {
		return this.servers.get(server).connections().iterator().next().snapshot().age();
	}

	private <T> T connection(String server, String path) {
		return this.actuator.read("/streams/" + server, "$.connections[0]." + path);
	}

	private Socket connect(String server) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(4096);
		socket.setSendBufferSize(4096);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.servers.get(server).port()));
		await().until(() -> this.servers.get(server).connections().size() == 1);
		return socket;
	}

	private static double seconds(Duration duration) {
		return duration.toMillis() / 1000.0;
	}

	/** Takes its time between two reads. */
	@TestComponent
	static class Unhurried {

		private final CountDownLatch never = new CountDownLatch(1);

		@StreamHandler(server = "unhurried", host = "127.0.0.1", port = "0", limit = "4KB")
		void onConnect(StreamReader reader) throws IOException, InterruptedException {
			while (!this.never.await(1, TimeUnit.SECONDS)) {
				reader.readExactly(KILOBYTE);
			}
		}

	}

	/** Takes a kilobyte when it is told to, and knows how long it has taken nothing. */
	private static final class SlowlyReading implements AutoCloseable {

		private final Socket socket;

		private final long since = System.nanoTime();

		/** Written by the thread that reads. */
		private volatile long inReads;

		/** Written by the thread that reads. */
		private volatile int kilobytes;

		SlowlyReading(Socket socket) {
			this.socket = socket;
		}

		void readKilobyte() {
			long started = System.nanoTime();
			try {
				this.socket.getInputStream().skipNBytes(KILOBYTE);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
			this.inReads += System.nanoTime() - started;
			this.kilobytes++;
		}

		int kilobytes() {
			return this.kilobytes;
		}

		/** How long it has held up its peer. */
		Duration held() {
			return Duration.ofNanos(System.nanoTime() - this.since - this.inReads);
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

	/** Sends all that is taken, and knows how long it had to wait. */
	private static final class FastSending implements AutoCloseable {

		private final Socket socket;

		/** Written by the thread that sends. */
		private volatile long waited;

		/** Written by the thread that sends. */
		private volatile long writing;

		FastSending(Socket socket) {
			this.socket = socket;
			Thread.ofVirtual().start(this::send);
		}

		private void send() {
			byte[] kilobyte = new byte[KILOBYTE];
			try {
				while (true) {
					this.writing = System.nanoTime();
					this.socket.getOutputStream().write(kilobyte);
					this.waited += System.nanoTime() - this.writing;
				}
			}
			catch (IOException ex) {
				// The test is over
			}
		}

		/** How long its peer has held it up. */
		Duration held() {
			return Duration.ofNanos(this.waited + System.nanoTime() - this.writing);
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
