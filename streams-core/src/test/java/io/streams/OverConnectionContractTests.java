package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * A writer whose connection is over drops bytes, over every transport, and {@code drain}
 * says which side ended the connection.
 */
@Tag("slow")
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class OverConnectionContractTests extends StreamContract {

	@Test
	void writerThatOutlivesItsHandlerDropsBytesAndDrainSaysSo() throws Exception {
		CompletableFuture<StreamWriter> kept = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> kept.complete(writer)));
		assertThat(client.readToEnd()).isEmpty();
		StreamWriter writer = kept.get(5, TimeUnit.SECONDS);
		assertDropsAndTells(writer, "the handler of connection " + writer.connection().id() + " has returned");
		client.close();
		writer.waitClosed();
		assertDropsAndTells(writer, "the handler of connection " + writer.connection().id() + " has returned");
	}

	@Test
	void closedAndAbortedConnectionsDropBytesAndDrainSaysSo() throws Exception {
		List<Consumer<StreamConnection>> ends = List.of((connection) -> connection.writer().close(),
				StreamConnection::abort, StreamConnection::closeByOperator, StreamConnection::abortByOperator);
		for (Consumer<StreamConnection> end : ends) {
			StreamConnection client = this.network.connect(this.network.serve(ECHO));
			end.accept(client);
			await().until(client::isClosed);
			assertDropsAndTells(client.writer(), "has closed connection " + client.id());
		}
	}

	@Test
	void endedWriteSideIsMisusedOnlyWhileItsConnectionIsOpen() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> reader.read()));
		StreamWriter writer = client.writer();
		CountDownLatch done = new CountDownLatch(1);
		StreamConnection open = this.network.connect(this.network.serve((reader, w) -> done.await()));
		open.writer().writeEof();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> open.writer().write(bytes("x")));
		done.countDown();
		writer.writeEof();
		writer.close();
		writeInEachWay(writer);
		await().until(client::isClosed);
		assertDropsAndTells(writer, "has closed connection " + client.id());
	}

	@Test
	void drainThatWaitsFailsWhenTheLocalSideAborts() throws Exception {
		this.network.with((options) -> options.sendBuffer(8192).waterMarks(WaterMarks.high(1024)));
		CompletableFuture<StreamWriter> kept = new CompletableFuture<>();
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			kept.complete(writer);
			try {
				for (int i = 0; i < 10_000; i++) {
					writer.write(new byte[64 * 1024]);
					writer.drain();
				}
			}
			catch (IOException ex) {
				failure.complete(ex);
			}
		});
		this.network.connectRaw(server, 8192);
		StreamWriter writer = kept.get(5, TimeUnit.SECONDS);
		await().until(() -> writer.connection().snapshot().drainWaiters() == 1);
		CompletableFuture<Void> asynchronous = writer.drainAsync();
		writer.abort();
		assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(ConnectionClosedException.class);
		assertThat(asynchronous).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ConnectionClosedException.class);
	}

	@Test
	void lossByThePeerIsThePeersError() throws Exception {
		assumeFalse(this.kind.isUnix(), "a Unix socket knows no reset");
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.abort();
		});
		StreamConnection client = this.network.connect(server);
		client.writer().write(bytes("go\n"));
		await().until(client::isClosed);
		writeInEachWay(client.writer());
		assertThatExceptionOfType(ConnectionResetException.class).isThrownBy(client.writer()::drain);
	}

	@Test
	void transferByAnotherThreadIsNoMisuseOnceTheConnectionIsOver() throws Exception {
		this.network.with((options) -> options.sendBuffer(8192));
		Path file = Files.write(this.directory.resolve("file"), new byte[30_000_000]);
		CompletableFuture<StreamWriter> transferring = new CompletableFuture<>();
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.network.connectRaw(this.network.serve((reader, writer) -> {
			transferring.complete(writer);
			try (FileChannel channel = FileChannel.open(file)) {
				writer.transferFrom(channel, 0, 30_000_000);
			}
			catch (IOException ex) {
				failure.complete(ex);
			}
		}), 8192);
		StreamWriter writer = transferring.get(5, TimeUnit.SECONDS);
		await().until(() -> writer.connection().snapshot().drainWaiters() == 1);
		writer.abort();
		writeInEachWay(writer);
		assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(ConnectionClosedException.class);
		assertDropsAndTells(writer, "");
	}

	/**
	 * Members join, say a line to all others and leave, all at once. A member that leaves
	 * ends no other member's handler.
	 */
	@Test
	void membersOfChatThatLeaveEndNobodyElse() throws Exception {
		int members = 8;
		int visits = this.kind.scaled(100) + 5;
		Chat chat = new Chat();
		StreamServer server = this.network.serve(chat::handle);
		Future<?>[] clients = new Future<?>[members];
		for (int i = 0; i < members; i++) {
			clients[i] = this.threads.submit(() -> {
				for (int visit = 0; visit < visits; visit++) {
					visit(server);
				}
				return null;
			});
		}
		for (Future<?> client : clients) {
			client.get(15, TimeUnit.SECONDS);
		}
		await().until(() -> this.events.count("closed") == members * visits);
		assertThat(this.events.events("handlerFinished")).hasSize(members * visits)
			.extracting(RecordingListener.Event::detail)
			.containsOnly(HandlerOutcome.FINISHED);
	}

	/** Speaks until its own lines are back, then leaves properly. */
	private void visit(StreamServer server) throws IOException {
		StreamConnection client = this.network.connect(server);
		StreamReader reader = client.reader();
		for (int line = 0; line < 3; line++) {
			byte[] said = bytes(client.id() + " " + line + "\n");
			client.writer().write(said);
			while (!text(reader.readLine()).equals(text(said))) {
				assertThat(reader.atEof()).as("cut off before its own line").isFalse();
			}
		}
		client.writer().writeEof();
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			assertThat(text(line)).as("a line of another member").endsWith("\n");
		}
		client.abort();
	}

	private void assertDropsAndTells(StreamWriter writer, String message) throws Exception {
		writeInEachWay(writer);
		assertThatExceptionOfType(ConnectionClosedException.class).isThrownBy(writer::drain)
			.withMessageStartingWith("Connection lost")
			.withMessageContaining(message);
		assertThat(writer.drainAsync()).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(ConnectionClosedException.class);
		Path empty = this.directory.resolve("empty");
		if (!Files.exists(empty)) {
			Files.write(empty, new byte[0]);
		}
		try (FileChannel channel = FileChannel.open(empty)) {
			assertThatExceptionOfType(ConnectionClosedException.class)
				.isThrownBy(() -> writer.transferFrom(channel, 0));
			assertThatIllegalArgumentException().isThrownBy(() -> writer.transferFrom(channel, -1));
		}
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> writer.write(new byte[1], 0, 2));
	}

	private static void writeInEachWay(StreamWriter writer) {
		writer.write(bytes("x"));
		writer.write(bytes("xyz"), 1, 1);
		ByteBuffer buffer = ByteBuffer.allocate(1);
		writer.write(buffer);
		assertThat(buffer.hasRemaining()).isFalse();
		writer.writeLines(List.of(bytes("x"), bytes("y")));
		writer.flush();
		writer.writeEof();
	}

	/** A plain chat. */
	private static final class Chat {

		private final Set<StreamWriter> members = ConcurrentHashMap.newKeySet();

		void handle(StreamReader reader, StreamWriter writer) throws IOException {
			this.members.add(writer);
			try {
				for (byte[] line : reader.lines()) {
					for (StreamWriter member : this.members) {
						say(member, line);
					}
				}
			}
			finally {
				this.members.remove(writer);
			}
		}

		private void say(StreamWriter member, byte[] line) throws IOException {
			try {
				member.write(line);
				member.drain();
			}
			catch (ConnectionLostException ex) {
				// This member has left. The others go on.
				this.members.remove(member);
			}
		}

	}

}
