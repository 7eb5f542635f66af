package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * At every kind of end, received bytes are read before the error, and written bytes are
 * delivered while the peer takes them.
 */
@Tag("slow")
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class EndOfConnectionContractTests extends StreamContract {

	/** Above twice the limit: reading pauses. */
	private static final int FIRST_BYTES = 3_000;

	private byte[] sent = new byte[0];

	private final CountDownLatch go = new CountDownLatch(1);

	private final CompletableFuture<byte[]> received = new CompletableFuture<>();

	private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

	@Test
	void bytesThatArrivedWhileReadingWasPausedPrecedeTheReset() throws Exception {
		assumeFalse(this.kind.isUnix(), "a Unix socket knows no reset");
		RawClient client = this.network.connectRaw(servePaused((writer) -> {
		}));
		sendMoreThanTheReaderTakes(client);
		client.reset();
		await().until(() -> this.events.count("closed") == 1);
		assertThatEverythingPrecedes(ConnectionResetException.class);
	}

	@Test
	void bytesThatArrivedPrecedeTheResetThatAWriteFinds() throws Exception {
		assumeFalse(this.kind.isUnix(), "a Unix socket knows no reset");
		RawClient client = this.network.connectRaw(servePaused((writer) -> {
			await().until(() -> {
				writer.write(bytes("x"));
				writer.flush();
				return writer.isClosing();
			});
		}));
		sendMoreThanTheReaderTakes(client);
		client.reset();
		assertThatEverythingPrecedes(ConnectionLostException.class);
	}

	@Test
	void bytesThatArrivedPrecedeTheIdleTimeout() throws Exception {
		this.network.with((options) -> options.idleTimeout(Duration.ofMillis(300)));
		RawClient client = this.network.connectRaw(servePaused((writer) -> {
		}));
		sendMoreThanTheReaderTakes(client);
		await().until(() -> this.events.count("closed") == 1);
		assertThatEverythingPrecedes(ConnectionTimeoutException.class);
	}

	@Test
	void bytesThatArrivedPrecedeTheWriteStallTimeout() throws Exception {
		this.network.with((options) -> options.writeStallTimeout(Duration.ofMillis(300)));
		RawClient client = this.network.connectRaw(servePaused((writer) -> writer.write(new byte[16_000_000])));
		sendMoreThanTheReaderTakes(client);
		this.go.countDown();
		await().until(() -> this.events.count("closed") == 1);
		assertThatEverythingPrecedes(ConnectionTimeoutException.class);
	}

	@Test
	void bytesThatArrivedWhileAnOperatorHeldReadingPrecedeTheEnd() throws Exception {
		this.network.with((options) -> options.idleTimeout(Duration.ofMillis(300)));
		CompletableFuture<StreamConnection> connection = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.connection().pauseReading();
			connection.complete(writer.connection());
			this.go.await();
			readAll(reader);
		});
		RawClient client = this.network.connectRaw(server);
		connection.get(5, TimeUnit.SECONDS);
		send(client, this.sent.length);
		await().until(() -> this.events.count("closed") == 1);
		assertThatEverythingPrecedes(ConnectionTimeoutException.class);
	}

	@Test
	void aCloseSendsEverythingToAPeerThatReadsSlowly() throws Exception {
		Duration timeout = Duration.ofSeconds(1);
		this.network.with((options) -> options.sendBuffer(16 * 1024).closeTimeout(timeout));
		byte[] answer = Payload.random(18, 1_500_000);
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> writer.write(answer)),
				16 * 1024);
		assertThat(readInSteps(client, answer.length, timeout.multipliedBy(3))).isEqualTo(answer);
		assertThat(client.readToEnd()).isEmpty();
		client.close();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.HANDLER_FINISHED);
	}

	@Test
	void aPeerThatSendsWhileTheCloseLingersGetsTheAnswer() throws Exception {
		this.network.with((options) -> options.sendBuffer(16 * 1024)
			.lingerTimeout(Duration.ofMillis(500))
			.closeTimeout(Duration.ofSeconds(20)));
		byte[] answer = Payload.random(19, 200_000);
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> writer.write(answer)),
				64 * 1024);
		CountDownLatch read = new CountDownLatch(1);
		Future<?> sending = this.threads.submit(() -> {
			while (!read.await(20, TimeUnit.MILLISECONDS)) {
				client.send("more");
			}
			return null;
		});
		assertThat(readInSteps(client, answer.length, Duration.ofSeconds(2))).isEqualTo(answer);
		assertThat(client.readToEnd()).isEmpty();
		read.countDown();
		sending.get(5, TimeUnit.SECONDS);
		client.close();
		await().until(() -> this.events.count("closed") == 1);
	}

	@Test
	void aWriteAfterThePeersCloseFails() throws Exception {
		assumeTrue(this.kind.isUnix(), "a TCP socket can be closed for sending alone");
		for (boolean wait : new boolean[] { true, false }) {
			CompletableFuture<Throwable> told = new CompletableFuture<>();
			RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
				reader.read();
				if (wait) {
					await().until(writer.connection()::isClosed);
				}
				writer.write(bytes("too late"));
				writer.close();
				told.complete(failureOf(writer::waitClosed));
			}));
			client.send("question");
			client.close();
			assertThat(told.get(10, TimeUnit.SECONDS)).as("after a wait: %s", wait)
				.isInstanceOf(ConnectionResetException.class);
		}
	}

	@Test
	void aPeersCloseIsNoFailureOfAHandlerThatHasNothingToSay() throws Exception {
		CompletableFuture<byte[]> closed = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			byte[] question = reader.read();
			writer.close();
			writer.waitClosed();
			closed.complete(question);
		}));
		client.send("question");
		client.close();
		assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo(bytes("question"));
	}

	@Test
	void anAbortEndsAWaitingReadWithAnException() throws Exception {
		CompletableFuture<StreamConnection> connection = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			connection.complete(writer.connection());
			this.failure.complete(failureOf(() -> reader.readExactly(100)));
		});
		RawClient client = this.network.connectRaw(server);
		client.send("a part");
		await().until(() -> this.events.bytesReceived() == 6);
		connection.get(5, TimeUnit.SECONDS).abort();
		assertThat(this.failure.get(5, TimeUnit.SECONDS)).isInstanceOf(ConnectionLostException.class);
	}

	/** Serves one client that is not read until {@link #go}, and then to the end. */
	private StreamServer servePaused(Writing before) throws IOException {
		this.network.with((options) -> options.limit(1024));
		return this.network.serve((reader, writer) -> {
			this.go.await();
			before.write(writer);
			if (this.events.count("closed") == 0) {
				await().until(() -> this.events.count("closed") == 1);
			}
			readAll(reader);
		});
	}

	private void readAll(StreamReader reader) {
		byte[] bytes = new byte[2 * this.sent.length];
		int total = 0;
		try {
			for (byte[] some; (some = reader.read(777)).length > 0; total += some.length) {
				System.arraycopy(some, 0, bytes, total, some.length);
			}
			this.failure.complete(new AssertionError("the input has a proper end after " + total + " bytes"));
		}
		catch (IOException ex) {
			this.failure.complete(ex);
		}
		this.received.complete(Arrays.copyOf(bytes, total));
	}

	/** The rest stays in the system's buffer; memory has none, and holds a few bytes. */
	@BeforeEach
	void choosePayload() {
		this.sent = Payload.random(17, FIRST_BYTES + 47_000);
	}

	@AfterEach
	void letTheHandlerGo() {
		this.go.countDown();
	}

	private void sendMoreThanTheReaderTakes(RawClient client) throws IOException {
		send(client, FIRST_BYTES);
		await().until(() -> this.events.count("readingPaused") == 1);
		client.send(Arrays.copyOfRange(this.sent, FIRST_BYTES, this.sent.length));
	}

	private void send(RawClient client, int length) throws IOException {
		client.send(Arrays.copyOf(this.sent, length));
	}

	private void assertThatEverythingPrecedes(Class<? extends IOException> error) throws Exception {
		this.go.countDown();
		assertThat(this.received.get(10, TimeUnit.SECONDS)).isEqualTo(this.sent);
		assertThat(this.failure.get(1, TimeUnit.SECONDS)).isInstanceOf(error);
	}

	/** Reads so many bytes in small steps, evenly over a time. */
	private static byte[] readInSteps(RawClient client, int length, Duration time) throws IOException {
		int steps = 200;
		byte[] bytes = new byte[length];
		long started = System.nanoTime();
		int total = 0;
		for (int step = 1; step <= steps; step++) {
			long at = started + time.toNanos() / steps * step;
			await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - at >= 0);
			byte[] some = client.read((int) ((long) length * step / steps) - total);
			System.arraycopy(some, 0, bytes, total, some.length);
			total += some.length;
		}
		return bytes;
	}

	private static Throwable failureOf(Action action) {
		try {
			action.run();
			return new AssertionError("nothing was thrown");
		}
		catch (IOException ex) {
			return ex;
		}
	}

	@FunctionalInterface
	private interface Action {

		void run() throws IOException;

	}

	@FunctionalInterface
	private interface Writing {

		void write(StreamWriter writer);

	}

}
