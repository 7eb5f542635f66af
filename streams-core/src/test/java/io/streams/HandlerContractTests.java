package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes, over every transport, of handlers and of those who listen to them.
 */
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class HandlerContractTests extends StreamContract {

	@Test
	void aHandlerThatReturnsHasItsBytesSentAndTheConnectionClosed() throws IOException {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> writer.write(bytes("done"))));
		assertThat(client.readToEnd()).isEqualTo("done");
		client.close();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.HANDLER_FINISHED);
		assertThat(this.events.names()).containsExactly("opened", "handlerFinished", "closed");
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.FINISHED);
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 1)
	void aHandlerThatThrowsHasItsBytesSentAndIsReportedOnce() throws IOException {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			writer.write(bytes("so far"));
			throw new UnsupportedOperationException("no further");
		}));
		assertThat(client.readToEnd()).isEqualTo("so far");
		client.close();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.HANDLER_FAILED);
		assertThat(this.events.events("failed")).singleElement()
			.satisfies((event) -> assertThat(event.cause()).hasMessage("no further"));
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.FAILED);
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 1)
	void aHandlerThatThrowsAnErrorEndsOnlyItsOwnConnection() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> {
			if (text(reader.readLine()).equals("throw\n")) {
				throw new AssertionError("an Error");
			}
			writer.write(bytes("fine"));
		});
		RawClient failing = this.network.connectRaw(server);
		RawClient other = this.network.connectRaw(server);
		failing.send("throw\n");
		assertThat(failing.readToEnd()).isEmpty();
		other.send("go on\n");
		assertThat(other.readToEnd()).isEqualTo("fine");
	}

	@Test
	void anAsynchronousHandlersConnectionLivesUntilItsStageCompletes() throws IOException {
		CompletableFuture<Void> done = new CompletableFuture<>();
		StreamServer server = this.network.serveAsync((reader, writer) -> reader.readLineAsync().thenCompose((line) -> {
			writer.write(line);
			return done;
		}));
		RawClient client = this.network.connectRaw(server);
		client.send("hello\n");
		assertThat(client.readLine()).isEqualTo("hello");
		assertThat(this.events.count("handlerFinished")).isZero();
		done.complete(null);
		assertThat(client.readToEnd()).isEmpty();
		client.close();
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.HANDLER_FINISHED)));
	}

	@Test
	void anAsynchronousHandlerEchoesWithoutAThread() throws IOException {
		StreamServer server = this.network.serveAsync(AsyncEcho::start);
		StreamConnection client = this.network.connect(server);
		for (int i = 0; i < 200; i++) {
			client.writer().write(bytes("line " + i + "\n"));
			assertThat(text(client.reader().readLine())).isEqualTo("line " + i + "\n");
		}
		client.writer().writeEof();
		assertThat(client.reader().read()).isEmpty();
	}

	@Test
	void aStopCompletesAnAsynchronousReadOnTheEventLoop() throws Exception {
		CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
		StreamServer server = this.network.serveAsync((reader, writer) -> reader.awaitInputAsync()
			.thenAccept((input) -> onLoop.complete(!input && writer.transport().loop().inEventLoop())));
		assertThatAStopEndsIt(server, "awaitInput");
		assertThat(onLoop.join()).isTrue();
	}

	@Test
	void aStopEndsABlockedRead() throws Exception {
		assertThatAStopEndsIt(this.network.serve((reader, writer) -> assertThat(reader.awaitInput()).isFalse()),
				"awaitInput");
	}

	private void assertThatAStopEndsIt(StreamServer server, String method) throws Exception {
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		StreamReader reader = server.connections().iterator().next().reader();
		await().until(() -> reader.toString().contains("waiting in " + method));
		Future<String> left = this.threads.submit(() -> {
			String rest = client.readToEnd();
			client.close();
			return rest;
		});
		assertThat(server.stop(Duration.ofSeconds(30))).isEqualTo(new StopReport(1, 0, 0, 0));
		assertThat(left.get()).isEmpty();
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.SERVER_STOPPED);
	}

	@Test
	@ExpectedLog(value = "UnspeakableException", times = 1)
	void aHandlersFailureThatCannotBeReportedEndsTheConnection() throws IOException {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			writer.write(bytes("so far"));
			throw new UnspeakableException();
		}));
		assertThat(client.readToEnd()).isEqualTo("so far");
		client.close();
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.HANDLER_FAILED)));
	}

	@Test
	@ExpectedLog(value = "UnspeakableException", times = 1)
	void anAsynchronousHandlersFailureThatCannotBeReportedEndsTheConnection() throws IOException {
		RawClient client = this.network.connectRaw(this.network.serveAsync((reader, writer) -> {
			writer.write(bytes("so far"));
			// Wrapped already, or some JDKs would ask it for its name to do so.
			return CompletableFuture.failedFuture(new CompletionException("wrapped", new UnspeakableException()));
		}));
		assertThat(client.readToEnd()).isEqualTo("so far");
		client.close();
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.HANDLER_FAILED)));
	}

	@Test
	void anAsynchronousHandlerThatBeginsLateEchoesManyShortLinesOnTheLoop() throws IOException {
		CompletableFuture<Void> begin = new CompletableFuture<>();
		echoManyShortLines(begin,
				(connection) -> connection.writer().transport().loop().execute(() -> begin.complete(null)));
	}

	@Test
	void anAsynchronousHandlerThatBeginsLateEchoesManyShortLinesElsewhere() throws IOException {
		CompletableFuture<Void> begin = new CompletableFuture<>();
		echoManyShortLines(begin, (connection) -> begin.complete(null));
	}

	/** All that the reader holds unpaused is there when the handler reads its first. */
	private void echoManyShortLines(CompletableFuture<Void> begin, Consumer<StreamConnection> beginner)
			throws IOException {
		StreamServer server = this.network
			.serveAsync((reader, writer) -> begin.thenCompose((begun) -> AsyncEcho.start(reader, writer)));
		RawClient client = this.network.connectRaw(server);
		String lines = "\n".repeat(64 * 1024);
		client.send(lines);
		await().until(() -> this.events.bytesReceived() == lines.length());
		beginner.accept(server.connections().iterator().next());
		client.shutdownOutput();
		assertThat(client.readToEnd()).isEqualTo(lines);
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 2)
	void anAsynchronousHandlerThatFailsIsReported() throws IOException {
		StreamServer server = this.network.serveAsync((reader, writer) -> {
			writer.write(bytes("so far"));
			if (server().connections().size() > 1) {
				throw new UnsupportedOperationException("thrown");
			}
			return CompletableFuture.failedFuture(new CompletionException(new UnsupportedOperationException("failed")));
		});
		this.server = server;
		RawClient first = this.network.connectRaw(server);
		assertThat(first.readToEnd()).isEqualTo("so far");
		RawClient second = this.network.connectRaw(server);
		assertThat(second.readToEnd()).isEqualTo("so far");
		assertThat(this.events.events("failed")).extracting((event) -> event.cause().getMessage())
			.containsExactly("failed", "thrown");
	}

	private volatile StreamServer server;

	private StreamServer server() {
		await().until(() -> this.server != null);
		return this.server;
	}

	@Test
	@ExpectedLog("A StreamListener failed")
	void aListenerThatThrowsHarmsNobody() throws IOException {
		this.network.with((options) -> options.listener(new ThrowingListener()).limit(100));
		StreamServer server = this.network.serve(ECHO);
		StreamConnection client = this.network.connect(server);
		for (int i = 0; i < 100; i++) {
			client.writer().write(bytes("a line of thirty-two bytes, or so\n"));
		}
		client.writer().writeEof();
		assertThat(client.reader().read()).hasSize(3400);
	}

	/** One that fails when it is asked what it is. */
	private static final class UnspeakableException extends IOException {

		@Override
		public String toString() {
			throw new UnsupportedOperationException("toString");
		}

	}

	/** An echo on the event loop. */
	private record AsyncEcho(StreamReader reader, StreamWriter writer) {

		static CompletableFuture<Void> start(StreamReader reader, StreamWriter writer) {
			return new AsyncEcho(reader, writer).next();
		}

		private CompletableFuture<Void> next() {
			return this.reader.readLineAsync().thenCompose((line) -> {
				if (line.length == 0) {
					return CompletableFuture.completedFuture(null);
				}
				this.writer.write(line);
				return this.writer.drainAsync().thenCompose((drained) -> next());
			});
		}

	}

	/** Throws whatever it hears. */
	private static final class ThrowingListener implements StreamListener {

		@Override
		public void opened(StreamConnection connection) {
			throw new IllegalStateException("opened");
		}

		@Override
		public void closed(StreamConnection connection, CloseReason reason, IOException cause) {
			throw new IllegalStateException("closed");
		}

		@Override
		public void readingPaused(StreamConnection connection) {
			throw new IllegalStateException("readingPaused");
		}

		@Override
		public void readingResumed(StreamConnection connection, Duration paused) {
			throw new AssertionError("readingResumed");
		}

		@Override
		public void bytesReceived(StreamConnection connection, int count) {
			throw new IllegalStateException("bytesReceived");
		}

		@Override
		public void bytesSent(StreamConnection connection, long count) {
			throw new IllegalStateException("bytesSent");
		}

		@Override
		public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
				Throwable failure) {
			throw new IllegalStateException("handlerFinished");
		}

	}

}
