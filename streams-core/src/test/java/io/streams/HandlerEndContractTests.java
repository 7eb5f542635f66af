package io.streams;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.streams.flow.WaterMarks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * The outcome and the close reason of a handler, over every transport, for each way to
 * learn of the peer's silence or end. A test without {@link ExpectedLog} also shows that
 * nothing is logged.
 */
@Tag("slow")
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class HandlerEndContractTests extends StreamContract {

	private static final long MILLIS = 60;

	@Test
	void timeoutsOfTricklingPeerAreNoFailures() throws IOException {
		List<ConnectionHandler> handlers = List.of((reader, writer) -> {
			reader.setReadTimeout(Duration.ofMillis(MILLIS));
			reader.readExactly(10);
		}, (reader, writer) -> reader.readExactlyAsync(10).orTimeout(MILLIS, TimeUnit.MILLISECONDS).join(),
				(reader, writer) -> reader.readLineAsync().orTimeout(MILLIS, TimeUnit.MILLISECONDS).get(),
				(reader, writer) -> reader.readLineAsync().get(MILLIS, TimeUnit.MILLISECONDS),
				(reader, writer) -> reader.readLineAsync()
					.thenApply(StreamContract::text)
					.orTimeout(MILLIS, TimeUnit.MILLISECONDS)
					.join(),
				(reader, writer) -> {
					try {
						reader.readExactlyAsync(10).orTimeout(MILLIS, TimeUnit.MILLISECONDS).join();
					}
					catch (CompletionException ex) {
						throw new InvocationTargetException(new ExecutionException(ex));
					}
				});
		for (ConnectionHandler handler : handlers) {
			assertEnd(this.network.serve(handler), "x", false, HandlerOutcome.TIMED_OUT, CloseReason.READ_TIMEOUT);
		}
	}

	@Test
	void timeoutsOfAsynchronousHandlersAreNoFailures() throws IOException {
		List<AsyncConnectionHandler> handlers = List.of(
				(reader, writer) -> reader.readExactlyAsync(10).orTimeout(MILLIS, TimeUnit.MILLISECONDS),
				(reader, writer) -> reader.readExactlyAsync(1)
					.thenCompose((first) -> reader.readLineAsync().orTimeout(MILLIS, TimeUnit.MILLISECONDS))
					.thenAccept(writer::write),
				(reader, writer) -> reader.readExactlyAsync(1)
					.thenCompose((first) -> reader.readLineAsync())
					.orTimeout(MILLIS, TimeUnit.MILLISECONDS));
		for (AsyncConnectionHandler handler : handlers) {
			assertEnd(this.network.serveAsync(handler), "x", false, HandlerOutcome.TIMED_OUT, CloseReason.READ_TIMEOUT);
		}
	}

	@Test
	void timeoutOfWholeReadIsTimeoutExceptionWithText() throws Exception {
		CompletableFuture<Throwable> seen = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			try {
				reader.readExactlyAsync(10).orTimeout(MILLIS, TimeUnit.MILLISECONDS).get();
			}
			catch (ExecutionException ex) {
				seen.complete(ex.getCause());
			}
			// The bytes that came are still there.
			writer.write(reader.readExactly(1));
		});
		RawClient client = this.network.connectRaw(server);
		client.send("x");
		assertThat(client.readToEnd()).isEqualTo("x");
		assertThat(seen.get(5, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class)
			.hasMessageContaining("the timeout of its future");
	}

	@Test
	void timeoutOfDrainIsNoFailure() throws IOException {
		this.network.with((options) -> options.sendBuffer(8192).waterMarks(WaterMarks.high(1024)));
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readExactly(1);
			for (int i = 0; i < 10_000; i++) {
				writer.write(new byte[64 * 1024]);
				writer.drainAsync().get(MILLIS, TimeUnit.MILLISECONDS);
			}
		});
		RawClient client = this.network.connectRaw(server, 8192);
		client.send("x");
		await().until(() -> this.events.count("handlerFinished") == 1);
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.TIMED_OUT);
		client.close();
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.SLOW_CONSUMER)));
	}

	@Test
	void endOfPeerInsideMessageIsNoFailure() throws IOException {
		List<ConnectionHandler> handlers = List.of((reader, writer) -> reader.readExactly(10),
				(reader, writer) -> reader.readUntil(bytes("\r\n")),
				(reader, writer) -> new DataInputStream(reader.inputStream()).readInt(),
				(reader, writer) -> reader.readExactlyAsync(10).join(), (reader, writer) -> {
					try {
						new DataInputStream(reader.inputStream()).readUTF();
					}
					catch (EOFException ex) {
						throw new UncheckedIOException(ex);
					}
				});
		for (ConnectionHandler handler : handlers) {
			assertEnd(this.network.serve(handler), "xy", true, HandlerOutcome.DISCONNECTED, CloseReason.PEER_ENDED);
		}
		assertEnd(this.network.serveAsync((reader, writer) -> reader.readExactlyAsync(10)), "xy", true,
				HandlerOutcome.DISCONNECTED, CloseReason.PEER_ENDED);
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 3)
	void timeoutsOfOtherWorkAreFailures() throws IOException {
		List<ConnectionHandler> handlers = List.of((reader, writer) -> {
			reader.readExactly(1);
			new CompletableFuture<>().get(1, TimeUnit.MILLISECONDS);
		}, (reader, writer) -> {
			reader.readExactly(1);
			new CompletableFuture<>().orTimeout(1, TimeUnit.MILLISECONDS).join();
		}, (reader, writer) -> {
			try {
				reader.readExactlyAsync(10).orTimeout(MILLIS, TimeUnit.MILLISECONDS).join();
			}
			catch (CompletionException ex) {
				throw new UnsupportedOperationException("of the user's own", ex.getCause());
			}
		});
		for (ConnectionHandler handler : handlers) {
			assertEnd(this.network.serve(handler), "x", false, HandlerOutcome.FAILED, CloseReason.HANDLER_FAILED);
		}
	}

	@Test
	@ExpectedLog(value = "The handler of connection", times = 3)
	void endsOfFilesAreFailures() throws IOException {
		Path file = Files.write(this.directory.resolve("file"), new byte[100]);
		List<ConnectionHandler> handlers = List.of((reader, writer) -> {
			reader.read();
			try (FileChannel channel = FileChannel.open(file)) {
				writer.transferFrom(channel, 50, 51);
			}
		}, (reader, writer) -> {
			reader.readExactly(1);
			throw new EOFException("of a file, while there is more to read");
		}, (reader, writer) -> {
			throw new OtherTimeoutException();
		});
		for (ConnectionHandler handler : handlers) {
			assertEnd(this.network.serve(handler), "xy", true, HandlerOutcome.FAILED, CloseReason.HANDLER_FAILED);
		}
	}

	@Test
	void interruptsAreInterruptsHoweverTheHandlerLearnsOfThem() throws IOException {
		Path file = Files.write(this.directory.resolve("file"), new byte[100]);
		List<ConnectionHandler> handlers = List.of((reader, writer) -> {
			Thread.currentThread().interrupt();
			reader.readExactly(10);
		}, (reader, writer) -> {
			Thread.currentThread().interrupt();
			FileChannel.open(file).read(java.nio.ByteBuffer.allocate(10));
		});
		for (ConnectionHandler handler : handlers) {
			assertEnd(this.network.serve(handler), "x", false, HandlerOutcome.INTERRUPTED,
					CloseReason.HANDLER_FINISHED);
		}
	}

	@Test
	void stopIsNoFailure() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readExactly(1);
			throw new UncheckedIOException(new ServerStoppingException("the server stops"));
		});
		assertEnd(server, "x", false, HandlerOutcome.STOPPED, CloseReason.SERVER_STOPPED);
	}

	/** The handler's write finds the reset before the event loop has told of it. */
	@Test
	void resetThatDrainFindsIsTheReason() throws IOException {
		assumeFalse(this.kind.isUnix(), "a Unix socket knows no reset");
		int connections = 100;
		StreamServer server = this.network.serve((reader, writer) -> {
			while (true) {
				writer.write(bytes("x"));
				writer.drain();
			}
		});
		for (int i = 0; i < connections; i++) {
			RawClient client = this.network.connectRaw(server);
			assertThat(client.read(new byte[1])).isOne();
			client.reset();
		}
		await().until(() -> this.events.count("closed") == connections);
		assertThat(this.events.closeReasons()).containsOnly(CloseReason.RESET);
		assertThat(this.events.events("handlerFinished")).extracting(RecordingListener.Event::detail)
			.containsOnly(HandlerOutcome.DISCONNECTED);
	}

	private void assertEnd(StreamServer server, String sent, boolean ends, HandlerOutcome outcome, CloseReason reason)
			throws IOException {
		long before = this.events.count("closed");
		RawClient client = this.network.connectRaw(server);
		client.send(sent);
		if (ends) {
			client.shutdownOutput();
		}
		assertThat(client.readToEnd()).isEmpty();
		client.close();
		await().until(() -> this.events.count("closed") == before + 1);
		assertThat(this.events.events("handlerFinished").getLast().detail()).isEqualTo(outcome);
		assertThat(this.events.closeReasons().getLast()).isEqualTo(reason);
	}

	/** A timeout of another library, as of an HTTP client. */
	private static final class OtherTimeoutException extends InterruptedIOException {

		private static final long serialVersionUID = 1L;

	}

}
