package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A server's graceful stop.
 */
@Tag("slow")
@Tag("sockets")
class ServerStopTests extends NetworkFixture {

	private static final ConnectionHandler ECHO = (reader, writer) -> {
		while (reader.awaitInput()) {
			writer.write(reader.readLine());
			writer.drain();
		}
	};

	private static final String PADDING = ":" + "x".repeat(500) + "\n";

	/** The natural way to write that something has no bound. */
	@Test
	void timesWithoutBoundAreNoBound() throws Exception {
		Duration forever = ChronoUnit.FOREVER.getDuration();
		this.network.with((options) -> options.idleTimeout(forever)
			.halfClosedTimeout(forever)
			.writeStallTimeout(forever)
			.closeTimeout(forever)
			.lingerTimeout(forever));
		byte[] reply = Payload.random(8, 100_000);
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.setReadTimeout(forever);
			assertThat(reader.readLineAsync().get()).isNotEmpty();
			assertThat(reader.readLine()).isEmpty();
			writer.write(reply);
		});
		// A wake-up that is lost would be made up for by no timeout.
		for (int i = 0; i < 100; i++) {
			StreamConnection client = this.network.connect(server, (options) -> options.timeout(forever));
			client.writer().write("x\n".getBytes(StandardCharsets.US_ASCII));
			client.writer().writeEof();
			assertThat(client.reader().read()).isEqualTo(reply);
			client.close();
		}
		assertThat(server.stop(forever).isGraceful()).isTrue();
	}

	@Test
	void quietConnectionsEndAtOnce() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		List<Future<String>> clients = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			RawClient client = this.network.connectRaw(server);
			clients.add(readToEndAndClose(client));
		}
		await().until(() -> server.connections().size() == 20);
		long started = System.nanoTime();
		StopReport report = server.stop(Duration.ofSeconds(30));
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
		assertThat(report).isEqualTo(new StopReport(20, 0, 0, 0));
		assertThat(report.isGraceful()).isTrue();
		for (Future<String> client : clients) {
			assertThat(client.get()).isEmpty();
		}
		assertThat(this.events.closeReasons()).hasSize(20).containsOnly(CloseReason.SERVER_STOPPED);
		assertThat(server.snapshot().state()).isEqualTo(ServerState.CLOSED);
	}

	@Test
	void aClientThatDoesNotCloseDelaysTheStopByTheLingerTimeOnly() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		long started = System.nanoTime();
		assertThat(server.stop(Duration.ofSeconds(30))).isEqualTo(new StopReport(1, 0, 0, 0));
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
		assertThat(client.readToEnd()).isEmpty();
	}

	@Test
	void whatHadArrivedIsStillAnswered() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> {
			go.await();
			ECHO.handle(reader, writer);
		});
		RawClient client = this.network.connectRaw(server);
		client.send("one\ntwo\n");
		await().until(() -> this.events.bytesReceived() == 8);
		Future<StopReport> stop = this.threads.submit(() -> server.stop(Duration.ofSeconds(30)));
		await().until(() -> server.connections().iterator().next().isStopping());
		Future<String> answer = readToEndAndClose(client);
		go.countDown();
		assertThat(stop.get(5, TimeUnit.SECONDS)).isEqualTo(new StopReport(1, 0, 0, 0));
		assertThat(answer.get()).isEqualTo("one\ntwo\n");
	}

	@Test
	void aBusyHandlerHasTheGracePeriodToFinish() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> {
			go.await();
			writer.write(new byte[1_000_000]);
		});
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		StreamConnection connection = server.connections().iterator().next();
		assertThat(connection.isStopping()).isFalse();
		Future<StopReport> stop = this.threads.submit(() -> server.stop(Duration.ofSeconds(30)));
		await().until(connection::isStopping);
		assertThat(stop).isNotDone();
		Future<String> answer = readToEndAndClose(client);
		go.countDown();
		assertThat(stop.get(5, TimeUnit.SECONDS)).isEqualTo(new StopReport(1, 0, 0, 0));
		assertThat(answer.get()).hasSize(1_000_000);
	}

	@Test
	void aStuckHandlersConnectionIsClosedAndItsThreadInterrupted() throws Exception {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		CountDownLatch never = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write("so far".getBytes(StandardCharsets.ISO_8859_1));
			try {
				never.await();
				interrupted.complete(false);
			}
			catch (InterruptedException ex) {
				interrupted.complete(true);
				throw ex;
			}
		});
		RawClient client = this.network.connectRaw(server);
		Future<String> answer = readToEndAndClose(client);
		await().until(() -> server.connections().size() == 1);
		try {
			StopReport report = server.stop(Duration.ofMillis(100));
			assertThat(report).isEqualTo(new StopReport(0, 1, 0, 0));
			assertThat(answer.get()).isEqualTo("so far");
			assertThat(interrupted.get(1, TimeUnit.SECONDS)).as("the handler's thread was interrupted").isTrue();
		}
		finally {
			never.countDown();
		}
	}

	@Test
	@ExpectedLog(value = "cut off 1 connections at its stop", times = 1)
	void aHandlerStuckInADrainIsCutOffAndReported() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		AtomicLong written = new AtomicLong();
		StreamServer server = this.network.serve((reader, writer) -> {
			try {
				while (true) {
					writer.write(new byte[10_000]);
					written.addAndGet(10_000);
					writer.drain();
				}
			}
			catch (IOException ex) {
				failure.complete(ex);
				throw ex;
			}
		});
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		StreamConnection connection = server.connections().iterator().next();
		await().during(Duration.ofMillis(50)).until(() -> connection.snapshot().drainWaiters() == 1);
		long started = System.nanoTime();
		StopReport report = server.stop(Duration.ofMillis(100));
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofSeconds(2),
				Duration.ofSeconds(4));
		assertThat(report.finished()).isZero();
		assertThat(report.closed()).isZero();
		assertThat(report.aborted()).isOne();
		assertThat(report.unsentBytes()).isEqualTo(written.get() - this.events.bytesSent());
		assertThat(report.isGraceful()).isFalse();
		assertThat(failure.get(1, TimeUnit.SECONDS)).isNotNull();
		assertThatExceptionOfType(IOException.class).isThrownBy(client::readToEnd).withMessageContaining("reset");
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.SERVER_STOP_FORCED);
	}

	@Test
	void withoutAGracePeriodConnectionsAreClosedAtOnce() throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> done.await());
		Future<String> answer = readToEndAndClose(this.network.connectRaw(server));
		await().until(() -> server.connections().size() == 1);
		StopReport report = server.stop(Duration.ZERO);
		done.countDown();
		assertThat(report).isEqualTo(new StopReport(0, 1, 0, 0));
		assertThat(answer.get()).isEmpty();
	}

	@Test
	void aStopCanBeRepeatedAndCalledTwiceAtOnce() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		Future<String> answer = readToEndAndClose(this.network.connectRaw(server));
		await().until(() -> server.connections().size() == 1);
		Future<StopReport> one = this.threads.submit(() -> server.stop(Duration.ofSeconds(10)));
		Future<StopReport> other = this.threads.submit(() -> server.stop(Duration.ofSeconds(10)));
		assertThat(one.get(5, TimeUnit.SECONDS).isGraceful()).isTrue();
		assertThat(other.get(5, TimeUnit.SECONDS).isGraceful()).isTrue();
		assertThat(server.stop(Duration.ZERO)).isEqualTo(new StopReport(0, 0, 0, 0));
		assertThat(answer.get()).isEmpty();
	}

	@Test
	void anInterruptedStopCutsOffWhatIsLeft() throws Exception {
		CountDownLatch never = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> never.await());
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		CompletableFuture<Throwable> outcome = new CompletableFuture<>();
		Thread stopping = Thread.ofVirtual().start(() -> {
			try {
				server.stop(Duration.ofSeconds(30));
				outcome.complete(null);
			}
			catch (InterruptedException ex) {
				outcome.complete(ex);
			}
		});
		await().until(() -> server.connections().iterator().next().isStopping());
		stopping.interrupt();
		assertThat(outcome.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
		assertThatExceptionOfType(IOException.class).isThrownBy(client::readToEnd).withMessageContaining("reset");
		server.waitClosed();
	}

	@Test
	void aStopFromAHandlerIsBounded() throws Exception {
		CompletableFuture<StreamServer> itself = new CompletableFuture<>();
		CompletableFuture<StopReport> report = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			report.complete(itself.get().stop(Duration.ofMillis(100)));
		});
		itself.complete(server);
		RawClient client = this.network.connectRaw(server);
		client.send("stop\n");
		Future<String> answer = readToEndAndClose(client);
		assertThat(report.get(6, TimeUnit.SECONDS).isGraceful()).isTrue();
		assertThat(answer.get()).isEmpty();
		server.waitClosed();
	}

	/**
	 * Five hundred connections are written to when the server stops, by handlers that end
	 * when they see it, or by such that never look.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void everythingAcceptedByWriteIsDeliveredOrTheCloseIsForced(boolean looking) throws Exception {
		int connections = 500;
		AtomicLongArray accepted = new AtomicLongArray(connections);
		CountDownLatch allConnected = new CountDownLatch(connections);
		this.network.with((options) -> options.sendBuffer(16 * 1024));
		StreamServer server = this.network.serve((reader, writer) -> {
			int number = Integer.parseInt(text(reader.readLine()).strip());
			allConnected.countDown();
			allConnected.await();
			writeNumberedFrames(writer, number, looking, accepted);
		});
		List<Future<Long>> clients = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			RawClient client = this.network.connectRaw(server, 16 * 1024);
			client.send(i + "\n");
			clients.add(this.threads.submit(() -> countFrames(client)));
		}
		await().until(() -> this.events.bytesSent() > 10_000_000);
		StopReport report = server.stop(looking ? Duration.ofSeconds(20) : Duration.ofMillis(200));
		assertThat(report.finished() + report.closed() + report.aborted()).isEqualTo(connections);
		assertThat(report.isGraceful()).isTrue();
		for (int i = 0; i < connections; i++) {
			long received = clients.get(i).get(10, TimeUnit.SECONDS);
			assertThat(received).as("frames of connection %d", i).isGreaterThanOrEqualTo(accepted.get(i));
			if (looking) {
				assertThat(received).isEqualTo(accepted.get(i));
			}
		}
	}

	private static void writeNumberedFrames(StreamWriter writer, int number, boolean looking, AtomicLongArray accepted)
			throws IOException {
		for (long frame = 0; !looking || !writer.connection().isStopping(); frame++) {
			writer.write((number + ":" + frame + PADDING).getBytes(StandardCharsets.ISO_8859_1));
			if (!looking && writer.isClosing()) {
				return;
			}
			accepted.set(number, frame + 1);
			writer.drain();
		}
	}

	/** Checks that frames come in order and none is missing or foreign. */
	private static long countFrames(RawClient client) throws IOException {
		try (client) {
			String[] lines = client.readToEnd().split("\n", -1);
			String prefix = lines[0].substring(0, lines[0].indexOf(':') + 1);
			for (int i = 0; i < lines.length - 1; i++) {
				if (!lines[i].equals(prefix + i + PADDING.strip())) {
					throw new IOException("frame " + i + " is '" + lines[i] + "'");
				}
			}
			assertThat(lines[lines.length - 1]).as("a frame cut in two").isEmpty();
			return lines.length - 1;
		}
	}

	@Test
	void stopsNeverRaceWithConnects() throws Exception {
		for (int round = 0; round < 1000; round++) {
			StreamServer server = Streams.startServer(ECHO, "127.0.0.1", 0, this.network.options());
			SocketAddress address = server.addresses().getFirst();
			Future<?> client = this.threads.submit(() -> exchangeAnythingOrFail(address));
			spin(round % 100);
			Future<StopReport> stop = this.threads.submit(() -> server.stop(Duration.ofSeconds(5)));
			try {
				assertThat(stop.get(10, TimeUnit.SECONDS).isGraceful()).as("round %d", round).isTrue();
				client.get(10, TimeUnit.SECONDS);
			}
			catch (TimeoutException | ExecutionException ex) {
				throw new AssertionError("round " + round + " ended with " + server.snapshot(), ex);
			}
			assertThat(server.snapshot().activeConnections()).as("round %d", round).isZero();
			assertThat(server.connections()).as("round %d", round).isEmpty();
		}
		assertThat(this.events.count("opened")).isEqualTo(this.events.count("closed"));
	}

	private static void exchangeAnythingOrFail(SocketAddress address) {
		try (RawClient client = RawClient.connect(address)) {
			client.send("hello\n");
			client.readToEnd();
		}
		catch (IOException ex) {
			assertThat(ex.getMessage()).containsAnyOf("refused", "reset", "Broken pipe");
		}
	}

	/** Some hundred nanoseconds for each step. */
	private static void spin(int steps) {
		long end = System.nanoTime() + steps * 3_000L;
		while (System.nanoTime() - end < 0) {
			Thread.onSpinWait();
		}
	}

	@Test
	void openingAndStoppingLeavesNothing() throws Exception {
		for (int round = 0; round < 200; round++) {
			StreamServer server = this.network.serve(ECHO);
			assertThat(server.stop(Duration.ofSeconds(1))).isEqualTo(new StopReport(0, 0, 0, 0));
		}
	}

	private Future<String> readToEndAndClose(RawClient client) {
		return this.threads.submit(() -> {
			try (client) {
				return client.readToEnd();
			}
		});
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

}
