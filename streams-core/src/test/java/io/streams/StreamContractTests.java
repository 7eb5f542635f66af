package io.streams;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.streams.buffer.SegmentPool;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionLostException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * What streams promise over every transport.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(TransportKind.class)
@ExtendWith(StreamsInvariants.class)
class StreamContractTests {

	private static final int MIB = 1024 * 1024;

	private static final ConnectionHandler ECHO = (reader, writer) -> {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	};

	@Parameter
	TransportKind kind;

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		this.network = new TestNetwork(this.kind, this.directory).with((options) -> options.listener(this.events));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
		this.threads.close();
	}

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
		this.network.withTransport((settings) -> settings.sendBuffer(sendBuffer));
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
	void drainWaitsFromAboveTheHighMarkUntilTheLowOne() throws Exception {
		StalledWriter stalled = new StalledWriter();
		StreamWriter writer = stalled.writer();
		long size = writer.transport().writeBufferSize();
		WaterMarks marks = new WaterMarks((int) size - 20_000, (int) size);
		writer.transport().setWriteBufferLimits(marks);
		writer.drain();
		assertThat(this.events.count("writingPaused")).as("pauses at the high mark").isZero();

		writer.write(bytes("+"));
		assertThat(this.events.count("writingPaused")).as("pauses above the high mark").isOne();
		Future<?> drained = this.threads.submit(() -> {
			writer.drain();
			return null;
		});
		await().until(() -> stalled.connection().snapshot().drainWaiters() == 1);
		while (!drained.isDone() || writer.transport().writeBufferSize() > 0) {
			stalled.client().read(new byte[500]);
			boolean done = drained.isDone();
			long left = writer.transport().writeBufferSize();
			assertThat(!done || left <= marks.low()).as("drain returned with %d bytes left", left).isTrue();
			if (left <= marks.low()) {
				drained.get(5, TimeUnit.SECONDS);
			}
		}
		assertThat(this.events.count("writingResumed")).isOne();
		assertThat(stalled.connection().snapshot().drainWaiters()).isZero();
		stalled.finish();
	}

	@Test
	void raisingTheWaterMarksResumesAWriter() throws Exception {
		StalledWriter stalled = new StalledWriter();
		StreamWriter writer = stalled.writer();
		writer.transport().setWriteBufferLimits(WaterMarks.DEFAULT);
		Future<?> drained = this.threads.submit(() -> {
			writer.drain();
			return null;
		});
		await().until(() -> stalled.connection().snapshot().drainWaiters() == 1);
		int size = (int) writer.transport().writeBufferSize();
		writer.transport().setWriteBufferLimits(new WaterMarks(size - 1, size));
		assertThat(drained.isDone()).as("resumed above the new low mark").isFalse();
		writer.transport().setWriteBufferLimits(new WaterMarks(size, 2 * size));
		drained.get(5, TimeUnit.SECONDS);
		assertThat(this.events.names()).containsSubsequence("writingPaused", "writingResumed");
		stalled.finish();
	}

	@Test
	void readingPausesAboveTwiceTheLimitAndResumesAtTheLimit() throws Exception {
		int limit = 1024;
		int total = this.kind.scaled(64 * MIB);
		long segments = SegmentPool.segmentsInUse();
		CountDownLatch read = new CountDownLatch(1);
		CompletableFuture<StreamReader> readerOfServer = new CompletableFuture<>();
		AtomicLong fullestAtResume = new AtomicLong();
		CompletableFuture<String> hash = new CompletableFuture<>();
		StreamListener resumes = new StreamListener() {
			@Override
			public void readingResumed(StreamConnection connection, Duration paused) {
				fullestAtResume.accumulateAndGet(connection.reader().buffered(), Math::max);
			}
		};
		this.network.with((options) -> options.limit(limit).listener(StreamListener.all(List.of(this.events, resumes))))
			.withTransport((settings) -> settings.receiveBuffer(64 * 1024));
		StreamServer server = this.network.serve((reader, writer) -> {
			readerOfServer.complete(reader);
			read.await();
			MessageDigest digest = Payload.digest();
			for (byte[] some; (some = reader.read(5000)).length > 0;) {
				digest.update(some);
			}
			hash.complete(Payload.hex(digest));
		});
		RawClient client = this.network.connectRaw(server);
		client.channel().setOption(StandardSocketOptions.SO_SNDBUF, 64 * 1024);
		byte[] payload = Payload.random(4, total);
		Future<?> sent = this.threads.submit(() -> {
			client.send(payload);
			client.shutdownOutput();
			return null;
		});
		await().until(() -> this.events.count("readingPaused") == 1);
		await().during(Duration.ofMillis(200))
			.until(() -> readerOfServer.join().buffered() <= 2 * limit + 64 * 1024
					&& SegmentPool.segmentsInUse() - segments < 20 && !sent.isDone());
		StreamConnection connection = server.connections().iterator().next();
		assertThat(connection.snapshot().reading().pauses().paused()).isTrue();
		assertThat(connection.snapshot().reading().buffered()).isGreaterThan(2 * limit);
		read.countDown();
		assertThat(hash.get(50, TimeUnit.SECONDS)).isEqualTo(Payload.hash(payload));
		assertThat(fullestAtResume.get()).isLessThanOrEqualTo(limit);
		assertThat(this.events.count("readingPaused")).isEqualTo(this.events.count("readingResumed"));
		assertThat(this.events.bytesReceived()).isEqualTo(total);
		sent.get();
	}

	@Test
	void aHandlerThatWritesAndThenBlocksElsewhereHasItsBytesOnTheWire() throws IOException {
		CountDownLatch done = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write(bytes("written\n"));
			done.await();
		});
		RawClient client = this.network.connectRaw(server);
		assertThat(client.readLine()).isEqualTo("written");
		assertThat(this.events.count("handlerFinished")).isZero();
		done.countDown();
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
	void aWriterThatOutlivesItsHandlerSaysSo() throws IOException {
		CompletableFuture<StreamWriter> kept = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> kept.complete(writer)));
		assertThat(client.readToEnd()).isEmpty();
		String message = "the handler of connection " + kept.join().connection().id() + " has returned";
		assertThatIllegalStateException().isThrownBy(() -> kept.join().write(bytes("x")))
			.withMessageContaining(message);
		assertThatIllegalStateException().isThrownBy(() -> kept.join().write(ByteBuffer.allocate(1)))
			.withMessageContaining(message);
		assertThatIllegalStateException().isThrownBy(() -> kept.join().writeLines(List.of(bytes("x"))))
			.withMessageContaining(message);
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
	void anInterruptedReadLosesNothing() throws Exception {
		CompletableFuture<StreamReader> reading = new CompletableFuture<>();
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		CompletableFuture<String> outcome = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			thread.complete(Thread.currentThread());
			reading.complete(reader);
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(reader::readLine);
			interrupted.complete(Thread.interrupted());
			outcome.complete(text(reader.readLine()));
		});
		RawClient client = this.network.connectRaw(server);
		client.send("first ");
		await().until(() -> reading.join().buffered() == 6 && reading.join().toString().contains("waiting"));
		thread.join().interrupt();
		assertThat(interrupted.get(5, TimeUnit.SECONDS)).as("the flag is kept").isTrue();
		client.send("second\n");
		assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo("first second\n");
	}

	@Test
	void anInterruptedDrainLosesNothing() throws Exception {
		StalledWriter stalled = new StalledWriter();
		StreamWriter writer = stalled.writer();
		writer.transport().setWriteBufferLimits(WaterMarks.DEFAULT);
		CompletableFuture<Boolean> flagKept = new CompletableFuture<>();
		Thread draining = Thread.ofVirtual().start(() -> {
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(writer::drain);
			flagKept.complete(Thread.interrupted());
		});
		await().until(() -> stalled.connection().snapshot().drainWaiters() == 1);
		draining.interrupt();
		assertThat(flagKept.get(5, TimeUnit.SECONDS)).isTrue();
		assertThat(stalled.connection().snapshot().drainWaiters()).isZero();
		writer.write(bytes("the end\n"));
		stalled.finish();
		assertThat(stalled.client().readToEnd()).endsWith("the end\n").hasSize(stalled.written() + 8);
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

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
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

	/**
	 * A server's writer whose client does not read, with some hundred kilobytes in its
	 * buffer, which were written with marks so high that it is not paused.
	 */
	private final class StalledWriter {

		private final CompletableFuture<StreamWriter> writer = new CompletableFuture<>();

		private final CountDownLatch finished = new CountDownLatch(1);

		private final RawClient client;

		private int written;

		StalledWriter() throws IOException {
			StreamContractTests.this.network
				.withTransport((settings) -> settings.sendBuffer(8192).waterMarks(WaterMarks.high(1 << 30)));
			StreamServer server = StreamContractTests.this.network.serve((reader, writer) -> {
				this.writer.complete(writer);
				this.finished.await();
			});
			this.client = StreamContractTests.this.network.connectRaw(server, 8192);
			byte[] chunk = new byte[10_000];
			while (writer().transport().writeBufferSize() < 300_000) {
				writer().write(chunk);
				this.written += chunk.length;
			}
			long[] last = { -1 };
			await().pollInterval(Duration.ofMillis(50)).until(() -> {
				long before = last[0];
				last[0] = writer().transport().writeBufferSize();
				return last[0] == before;
			});
		}

		StreamWriter writer() {
			return this.writer.join();
		}

		StreamConnection connection() {
			return writer().connection();
		}

		RawClient client() {
			return this.client;
		}

		int written() {
			return this.written;
		}

		/** Lets the handler return. */
		void finish() {
			this.finished.countDown();
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
