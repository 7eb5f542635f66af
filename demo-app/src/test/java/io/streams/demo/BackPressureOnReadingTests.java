package io.streams.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import io.streams.BufferSnapshot;
import io.streams.StreamConnection;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a client that sends faster than its handler reads: it is not read on above
 * twice the limit, and is again at the limit.
 */
@Tag("slow")
@DemoTest
class BackPressureOnReadingTests {

	private static final int LIMIT = SlowServer.LIMIT;

	/** How much a loop reads at once, with room to spare. */
	private static final int CHUNK = 512 * 1024;

	@Autowired
	private StreamServers servers;

	@Autowired
	private SlowServer slow;

	@Autowired
	private Actuator actuator;

	@Test
	void pausesAboveTwiceTheLimitAndResumesAtTheLimit() throws Exception {
		try (Socket socket = connect()) {
			socket.getOutputStream().write(new byte[3 * LIMIT]);
			BufferSnapshot paused = awaitPaused();
			assertThat(paused.buffered()).isGreaterThan(2 * LIMIT);
			assertThat(this.actuator.metric("streams.paused", "VALUE", "direction:read", "server:slow")).isOne();
			assertThat(this.actuator.<String>read("/streams/slow", "$.connections[0].reading.state"))
				.isEqualTo("paused");
			read((int) paused.buffered() - LIMIT - 1);
			assertThat(reading().pauses().paused()).as("one byte above the limit").isTrue();
			read(1);
			await().untilAsserted(() -> assertThat(reading().pauses().paused()).as("at the limit").isFalse());
			assertThat(reading().pauses().pauses()).isOne();
			this.slow.permit(0);
		}
		awaitNobody();
	}

	@Test
	void losesNothingAndBuffersLittle() throws Exception {
		byte[] sent = new byte[8 * 1024 * 1024];
		new Random(1).nextBytes(sent);
		try (Socket socket = connect()) {
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> write(socket, sent),
					Thread::startVirtualThread);
			assertThat(awaitPaused().buffered()).isLessThan(2 * LIMIT + CHUNK);
			assertThat(sending).isNotDone();
			for (int from = 0; from < sent.length; from += 64 * 1024) {
				byte[] expected = Arrays.copyOfRange(sent, from, from + 64 * 1024);
				assertThat(Arrays.equals(read(64 * 1024), expected)).as("bytes from %d on", from).isTrue();
				assertThat(reading().buffered()).isLessThan(2 * LIMIT + CHUNK);
			}
			assertThat(sending).succeedsWithin(Duration.ofSeconds(10));
			this.slow.permit(0);
		}
		awaitNobody();
	}

	private byte[] read(int bytes) throws InterruptedException {
		this.slow.permit(bytes);
		return this.slow.reading();
	}

	private BufferSnapshot awaitPaused() {
		await().until(() -> !this.servers.get("slow").connections().isEmpty() && reading().pauses().paused());
		return reading();
	}

	private BufferSnapshot reading() {
		StreamConnection connection = this.servers.get("slow").connections().iterator().next();
		return connection.snapshot().reading();
	}

	private void awaitNobody() {
		await().until(() -> this.servers.get("slow").connections().isEmpty());
		assertThat(this.actuator.metric("streams.paused", "VALUE", "direction:read", "server:slow")).isZero();
	}

	private Socket connect() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), this.servers.get("slow").port());
	}

	private static void write(Socket socket, byte[] bytes) {
		try {
			OutputStream output = socket.getOutputStream();
			output.write(bytes);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
