package io.streams;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * What streams promise over every transport of the bytes that they carry, and of their
 * ends.
 */
@Tag("slow")
@Tag("sockets")
@ParameterizedClass(name = "{0}")
@MethodSource("io.streams.TransportKind#tested")
class StreamContractTests extends StreamContract {

	private static final int MIB = 1024 * 1024;

	@Test
	void echoesLines() throws IOException {
		StreamConnection client = this.network.connect(this.network.serve(ECHO));
		client.writer().write(bytes("hello\nworld\n"));
		assertThat(text(client.reader().readLine())).isEqualTo("hello\n");
		assertThat(text(client.reader().readLine())).isEqualTo("world\n");
	}

	@Test
	void whoeverEndsItsSideStillGetsTheAnswer() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> {
			byte[] all = reader.read();
			writer.write(bytes("got " + all.length));
		});
		StreamConnection client = this.network.connect(server);
		client.writer().write(new byte[1000]);
		assertThat(client.writer().canWriteEof()).isTrue();
		client.writer().writeEof();
		assertThat(text(client.reader().read())).isEqualTo("got 1000");
	}

	@Test
	void aServerThatEndsItsSideStillReads() throws Exception {
		CompletableFuture<String> read = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write(bytes("bye"));
			writer.writeEof();
			read.complete(text(reader.readLine()));
		});
		RawClient client = this.network.connectRaw(server);
		assertThat(client.readToEnd()).isEqualTo("bye");
		client.send("still here\n");
		assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo("still here\n");
	}

	@Test
	void theEndOfTheInputIsSeenByEveryRead() throws IOException {
		StreamConnection client = this.network
			.connect(this.network.serve((reader, writer) -> writer.write(bytes("x"))));
		StreamReader reader = client.reader();
		assertThat(text(reader.read())).isEqualTo("x");
		assertThat(reader.atEof()).isTrue();
		assertThat(reader.read(10)).isEmpty();
		assertThat(reader.readLine()).isEmpty();
		assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
		assertThatExceptionOfType(IncompleteReadException.class).isThrownBy(() -> reader.readExactly(1))
			.satisfies((ex) -> assertThat(ex.expected()).hasValue(1));
		assertThat(reader.exception()).isNull();
	}

	@Test
	void closeSendsAllThatWasWrittenBeforeTheEndToASlowReader() throws IOException {
		byte[] payload = Payload.random(1, 8 * MIB);
		this.network.with((options) -> options.waterMarks(WaterMarks.high(16 * MIB)));
		StreamServer server = this.network.serve((reader, writer) -> writer.write(payload));
		RawClient client = this.network.connectRaw(server, 4096);
		await().until(() -> this.events.count("handlerFinished") == 1);
		MessageDigest digest = Payload.digest();
		byte[] chunk = new byte[10_000];
		long received = 0;
		for (int n; (n = client.read(chunk)) >= 0; received += n) {
			digest.update(chunk, 0, n);
		}
		assertThat(received).isEqualTo(payload.length);
		assertThat(Payload.hex(digest)).isEqualTo(Payload.hash(payload));
		client.close();
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.HANDLER_FINISHED)));
		assertThat(this.events.bytesSent()).isEqualTo(payload.length);
	}

	@Test
	void waitingReadFailsWhenTheLocalCloseHasSentEverything() throws IOException {
		CountDownLatch done = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> done.await());
		StreamConnection client = this.network.connect(server,
				(options) -> options.lingerTimeout(Duration.ofSeconds(20)));
		CompletableFuture<byte[]> line = client.reader().readLineAsync();
		client.writer().write(bytes("the peer does not end its side"));
		client.writer().close();
		assertThat(line).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(ConnectionClosedException.class);
		assertThatExceptionOfType(ConnectionClosedException.class).isThrownBy(client.reader()::readLine);
		done.countDown();
	}

	@Test
	void whatIsWrittenAfterTheCloseIsDroppedAndDrainTells() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		StreamConnection client = this.network.connect(server);
		client.writer().close();
		StreamWriter writer = client.writer();
		// Whatever the state that the close has come to.
		await().until(() -> {
			writeInEachWay(writer);
			return client.isClosed();
		});
		writeInEachWay(writer);
		assertThat(writer.isClosing()).isTrue();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(writer::drain)
			.withMessageContaining("Connection lost");
		writer.waitClosed();
	}

	/** As in asyncio: the close waits for that too. */
	@Test
	void whatIsWrittenWhileTheCloseIsStillSendingIsSentToo() throws IOException {
		byte[] payload = Payload.random(5, 8 * MIB);
		this.network.with((options) -> options.waterMarks(WaterMarks.high(16 * MIB)));
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write(payload);
			writer.close();
			writer.write(bytes("and "));
			writer.writeLines(List.of(bytes("the "), bytes("tail")));
			assertThat(writer.isClosing()).isTrue();
		});
		RawClient client = this.network.connectRaw(server, 4096);
		await().until(() -> this.events.count("handlerFinished") == 1);
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.FINISHED);
		String received = client.readToEnd();
		assertThat(received).hasSize(payload.length + "and the tail".length()).endsWith("and the tail");
		client.close();
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.CLOSED)));
	}

	@Test
	void nothingCanBeWrittenAfterTheOwnEnd() throws IOException {
		CountDownLatch done = new CountDownLatch(1);
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> done.await()));
		StreamWriter writer = client.writer();
		writer.writeEof();
		writer.writeEof();
		String message = "Cannot call write() after writeEof()";
		assertThatIllegalStateException().isThrownBy(() -> writer.write(bytes("x"))).withMessageContaining(message);
		assertThatIllegalStateException().isThrownBy(() -> writer.write(ByteBuffer.allocate(1)))
			.withMessageContaining(message);
		assertThatIllegalStateException().isThrownBy(() -> writer.writeLines(List.of(bytes("x"))))
			.withMessageContaining(message);
		writer.drain();
		done.countDown();
		assertThat(client.reader().read()).isEmpty();
	}

	@Test
	void whatIsWrittenAfterTheLossIsDroppedAndDrainTells() throws IOException {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.connection().abort();
		}));
		client.writer().write(bytes("go\n"));
		await().until(client::isClosed);
		writeInEachWay(client.writer());
		assertThatExceptionOfType(IOException.class).isThrownBy(client.writer()::drain)
			.isInstanceOf(ConnectionLostException.class);
		assertThat(client.writer().drainAsync()).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(ConnectionLostException.class);
	}

	@Test
	void abortResetsThePeer() throws IOException {
		assumeFalse(this.kind.isUnix(), "a Unix socket knows no reset");
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.abort();
		});
		RawClient client = this.network.connectRaw(server);
		client.send("go\n");
		assertThatExceptionOfType(IOException.class).isThrownBy(client::readToEnd)
			.isNotInstanceOf(EOFException.class)
			.withMessageContaining("reset");
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.ABORTED)));
	}

	@Test
	void partialWritesKeepOrderAndCount() throws IOException {
		// More is slow over TCP: with so small a buffer the peer's system delays its
		// answers.
		transferInOddPieces(4096, this.kind.scaled(2 * MIB));
	}

	@Test
	void longTransfersKeepOrderAndCount() throws IOException {
		transferInOddPieces(64 * 1024, this.kind.scaled(64 * MIB));
	}

	private void transferInOddPieces(int sendBuffer, int total) throws IOException {
		byte[] payload = Payload.random(2, total);
		this.network.with((options) -> options.sendBuffer(sendBuffer));
		StreamServer server = this.network.serve((reader, writer) -> writeInOddPieces(writer, payload));
		StreamConnection client = this.network.connect(server);
		MessageDigest digest = Payload.digest();
		ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
		while (client.reader().read(chunk.clear()) >= 0) {
			digest.update(chunk.flip());
		}
		assertThat(Payload.hex(digest)).isEqualTo(Payload.hash(payload));
		assertThat(this.events.bytesSent()).isEqualTo(total);
		assertThatWritingPausedAndResumedInTurn();
	}

	private static void writeInOddPieces(StreamWriter writer, byte[] payload) throws IOException {
		Random random = new Random(3);
		for (int offset = 0; offset < payload.length;) {
			int length = Math.min(payload.length - offset, 1 + random.nextInt(1 << random.nextInt(19)));
			switch (random.nextInt(3)) {
				case 0 -> writer.write(payload, offset, length);
				case 1 -> writer.write(ByteBuffer.wrap(payload, offset, length));
				default -> writer.writeLines(split(payload, offset, length));
			}
			offset += length;
			if (random.nextBoolean() || writer.transport().writeBufferSize() > 200_000) {
				writer.drain();
			}
		}
	}

	private static List<byte[]> split(byte[] bytes, int offset, int length) {
		int middle = offset + length / 2;
		return List.of(Arrays.copyOfRange(bytes, offset, middle), new byte[0],
				Arrays.copyOfRange(bytes, middle, offset + length));
	}

	private void assertThatWritingPausedAndResumedInTurn() {
		List<String> turns = this.events.names().stream().filter((name) -> name.startsWith("writing")).toList();
		for (int i = 0; i < turns.size(); i++) {
			assertThat(turns.get(i)).isEqualTo((i % 2 == 0) ? "writingPaused" : "writingResumed");
		}
		assertThat(turns.size() % 2).as("the last pause was resumed").isZero();
		assertThat(this.events.count("drainStarted")).isEqualTo(this.events.count("drainFinished"));
	}

	@Test
	void oneCallsBytesAreNeverMixedWithAnothers() throws Exception {
		int writers = 8;
		int lines = this.kind.scaled(16_000);
		StreamServer server = this.network.serve((reader, writer) -> {
			List<Future<?>> writing = new ArrayList<>();
			for (int i = 0; i < writers; i++) {
				int number = i;
				writing.add(this.threads.submit(() -> {
					writeNumberedLines(writer, number, lines);
					return null;
				}));
			}
			for (Future<?> each : writing) {
				each.get();
			}
		});
		StreamConnection client = this.network.connect(server);
		int[] next = new int[writers];
		for (byte[] line; (line = client.reader().readLine()).length > 0;) {
			String text = text(line);
			int number = text.charAt(0) - '0';
			assertThat(text).isEqualTo(numberedLine(number, next[number]));
			next[number]++;
		}
		assertThat(next).containsOnly(lines);
	}

	private static void writeNumberedLines(StreamWriter writer, int number, int lines) throws IOException {
		for (int i = 0; i < lines; i++) {
			byte[] line = bytes(numberedLine(number, i));
			switch (i % 3) {
				case 0 -> writer.write(line);
				case 1 -> writer.write(ByteBuffer.wrap(line));
				default -> writer.writeLines(split(line, 0, line.length));
			}
			writer.drain();
		}
	}

	private static String numberedLine(int number, int line) {
		return number + ":" + line + ":" + "x".repeat((7 * number + line) % 200) + "\n";
	}

	@Test
	void writeLinesPutsNothingBetweenThePieces() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.writeLines(List.of());
			writer.writeLines(List.of(new byte[0]));
			writer.writeLines(List.of(bytes("a"), new byte[0], bytes("bc\n"), bytes("d")));
			writer.write(new byte[0]);
			writer.write(ByteBuffer.allocate(0));
		});
		assertThat(text(this.network.connect(server).reader().read())).isEqualTo("abc\nd");
	}

	@Test
	void writeLinesTakesPiecesThatCanBeIteratedOnce() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> {
			Iterator<byte[]> pieces = List.of(bytes("once "), bytes("only")).iterator();
			writer.writeLines(() -> pieces);
		});
		assertThat(text(this.network.connect(server).reader().read())).isEqualTo("once only");
	}

	@Test
	void theCallerMayChangeItsArrayAfterTheWrite() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> {
			byte[] array = bytes("before\n");
			writer.write(array);
			writer.write(ByteBuffer.wrap(array));
			Arrays.fill(array, (byte) '!');
			reader.readLine();
		});
		StreamConnection client = this.network.connect(server);
		assertThat(text(client.reader().readLine())).isEqualTo("before\n");
		assertThat(text(client.reader().readLine())).isEqualTo("before\n");
	}

	@Test
	void pipelinedLinesAreAnsweredInOrder() throws IOException {
		RawClient client = this.network.connectRaw(this.network.serve(ECHO));
		for (int round = 0; round < 50; round++) {
			StringBuilder lines = new StringBuilder();
			for (int i = 0; i < 16; i++) {
				lines.append(round).append('/').append(i).append('\n');
			}
			client.send(lines.toString());
			for (int i = 0; i < 16; i++) {
				assertThat(client.readLine()).isEqualTo(round + "/" + i);
			}
		}
	}

	@Test
	void aThousandConnectionsLoseAndCrossNothing() throws Exception {
		int connections = this.kind.scaled(1000);
		this.network.with((options) -> options.backlog(connections));
		StreamServer server = this.network.serve(ECHO);
		List<Future<?>> clients = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			int number = i;
			clients.add(this.threads.submit(() -> {
				exchangeHundredLines(server, number);
				return null;
			}));
		}
		for (Future<?> client : clients) {
			client.get(50, TimeUnit.SECONDS);
		}
		await().until(() -> this.events.count("closed") == connections);
		assertThat(server.snapshot().acceptedConnections()).isEqualTo(connections);
		assertThat(server.snapshot().activeConnections()).isZero();
		assertThat(server.connections()).isEmpty();
	}

	private void exchangeHundredLines(StreamServer server, int number) throws IOException {
		try (StreamConnection client = this.network.connect(server)) {
			for (int i = 0; i < 100; i++) {
				byte[] line = bytes("connection " + number + " line " + i + "\n");
				client.writer().write(line);
				assertThat(client.reader().readLine()).isEqualTo(line);
			}
		}
	}

	private static void writeInEachWay(StreamWriter writer) {
		writer.write(bytes("x"));
		ByteBuffer buffer = ByteBuffer.allocate(1);
		writer.write(buffer);
		assertThat(buffer.hasRemaining()).isFalse();
		writer.writeLines(List.of(bytes("x"), bytes("y")));
		writer.flush();
	}

}
