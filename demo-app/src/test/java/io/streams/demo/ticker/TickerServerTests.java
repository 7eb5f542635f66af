package io.streams.demo.ticker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;

import io.streams.demo.Actuator;
import io.streams.demo.DemoTest;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TickerServer}: what happens to a client that does not read, and how it
 * can be seen.
 */
@DemoTest
class TickerServerTests {

	private static final String FIRST = "$.connections[0]";

	@Autowired
	private StreamServers servers;

	@Autowired
	private Actuator actuator;

	/** The first request to an application takes longer than others. */
	@BeforeEach
	void warmUp() {
		assertThat(this.actuator.get("/actuator/streams/ticker").statusCode()).isEqualTo(200);
		assertThat(this.actuator.metric("streams.paused", "VALUE", "direction:write")).isZero();
	}

	@BeforeEach
	@AfterEach
	void awaitNobody() {
		await().atMost(Duration.ofSeconds(20)).until(() -> this.servers.get("ticker").connections().isEmpty());
	}

	@Test
	void countsAndTellsTheTime() throws IOException {
		try (Socket socket = connect()) {
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
			for (int i = 1; i <= 1000; i++) {
				String[] words = reader.readLine().split(" ");
				assertThat(words).startsWith("tick", Integer.toString(i));
				assertThat(Instant.parse(words[2])).isBetween(Instant.now().minusSeconds(30), Instant.now());
			}
		}
	}

	@Test
	void clientThatDoesNotReadIsSeenWaiting() throws IOException {
		double drained = this.actuator.metric("streams.drain.time", "COUNT", "server:ticker");
		try (Socket reading = connect(); Socket idle = connect()) {
			Thread reader = Thread.startVirtualThread(() -> readAll(reading));
			awaitPaused(idle);
			await().untilAsserted(() -> assertThat(this.actuator.metric("streams.drain.time", "COUNT", "server:ticker"))
				.isGreaterThan(drained));
			reading.shutdownInput();
			reader.interrupt();
		}
	}

	@Test
	void pauseIsMeasuredAndEndsWhenTheClientReads() throws IOException {
		try (Socket idle = connect()) {
			awaitPaused(idle);
			assertThat(this.actuator.metric("streams.paused", "VALUE", "direction:write")).isOne();
			assertThat(this.actuator.metric("streams.drain.waiting", "VALUE")).isOne();
			double drained = this.actuator.metric("streams.drain.time", "COUNT", "server:ticker");
			long bytes = this.<Number>first("writing.bytes").longValue();
			readUntil(idle, () -> this.<Number>first("writing.pauses").longValue() > 1);
			await().untilAsserted(() -> assertThat(this.actuator.metric("streams.drain.time", "COUNT", "server:ticker"))
				.isGreaterThan(drained));
			assertThat(this.actuator.metric("streams.drain.time", "TOTAL_TIME", "server:ticker")).isPositive();
			assertThat(this.<Number>first("writing.bytes").longValue()).isGreaterThan(bytes);
		}
		await().untilAsserted(() -> {
			assertThat(this.actuator.metric("streams.paused", "VALUE", "direction:write")).isZero();
			assertThat(this.actuator.metric("streams.drain.waiting", "VALUE")).isZero();
		});
	}

	@Test
	void memoryDoesNotGrowWhileAClientDoesNotRead() throws IOException {
		try (Socket idle = connect()) {
			awaitPaused(idle);
			long heap = heap();
			// The system may still take some, and the ticker then fills up again.
			await().during(Duration.ofSeconds(2))
				.atMost(Duration.ofSeconds(4))
				.untilAsserted(() -> assertThat(buffered()).isLessThan(2 * highWaterMark()));
			assertThat(heap() - heap).isLessThan(4 * 1024 * 1024);
		}
	}

	private void awaitPaused(Socket idle) {
		String peer = "127.0.0.1:" + idle.getLocalPort();
		await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> {
			Map<String, ?> writing = first("writing");
			assertThat(this.<String>first("remoteAddress")).endsWith(peer);
			assertThat(writing.get("state")).isEqualTo("paused");
			assertThat(writing.get("drainWaiters")).isEqualTo(1);
			// It was above the high mark when it was paused; the system may take more.
			assertThat((Integer) writing.get("buffered")).isGreaterThan((Integer) writing.get("lowWaterMark"));
			assertThat(Instant.parse((String) writing.get("pausedSince"))).isBefore(Instant.now());
		});
	}

	private <T> T first(String field) {
		return this.actuator.read("/streams/ticker", FIRST + "." + field);
	}

	private long buffered() {
		return this.<Number>first("writing.buffered").longValue();
	}

	private long highWaterMark() {
		return this.<Number>first("writing.highWaterMark").longValue();
	}

	private static long heap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	/** A client with a small buffer, so that the system hides nothing. */
	private Socket connect() throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(16 * 1024);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.servers.get("ticker").port()));
		return socket;
	}

	private static void readUntil(Socket socket, Callable<Boolean> condition) {
		await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(1)).until(() -> {
			socket.getInputStream().readNBytes(64 * 1024);
			return condition.call();
		});
	}

	private static void readAll(Socket socket) {
		try {
			socket.getInputStream().transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			assertThat(socket.isClosed()).isTrue();
		}
	}

}
