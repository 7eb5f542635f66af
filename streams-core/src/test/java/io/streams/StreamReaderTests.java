package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

import io.streams.transport.ConnectionResetException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A reader that is fed by hand: no socket is needed.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class StreamReaderTests {

	private static final byte[] NEWLINE = { '\n' };

	private final RecordingTransport transport = new RecordingTransport();

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private ReaderFeed feed = ReaderFeed.create();

	private StreamReader reader = this.feed.reader();

	@AfterEach
	void takeWhatIsLeft() {
		this.reader.setLimit(ReadLimit.MAX_BYTES);
		this.reader.readAsync(this.reader.buffered());
		this.threads.close();
	}

	@Test
	void readsWhatIsThere() throws IOException {
		feed("hello");
		assertThat(text(this.reader.read(3))).isEqualTo("hel");
		assertThat(text(this.reader.read(100))).isEqualTo("lo");
		assertThat(this.reader.read(0)).isEmpty();
		assertThat(this.reader.readExactly(0)).isEmpty();
		assertThat(this.reader.read(ByteBuffer.allocate(0))).isZero();
	}

	@Test
	void ofManyReadsThatFindTheirBytesTheEventLoopCompletesSome() {
		List<Runnable> tasks = giveATransportThatRunsLater();
		feed("\n".repeat(32) + "33\n34\n35\n36\n");
		for (int i = 0; i < 32; i++) {
			assertThat(this.reader.readLineAsync()).as("read %d", i).isCompleted();
		}
		CompletableFuture<byte[]> first = this.reader.readLineAsync();
		CompletableFuture<byte[]> second = this.reader.readLineAsync();
		CompletableFuture<byte[]> late = this.reader.readExactlyAsync(3);
		assertThat(List.of(first, second, late)).noneMatch(CompletableFuture::isDone);
		assertThat(late.cancel(false)).as("cancelled with its bytes taken").isFalse();
		tasks.forEach(Runnable::run);
		assertThat(text(first.join())).isEqualTo("33\n");
		assertThat(text(second.join())).isEqualTo("34\n");
		assertThat(text(late.join())).isEqualTo("35\n");
		assertThat(this.reader.readLineAsync()).isCompletedWithValueMatching((line) -> text(line).equals("36\n"));
	}

	@Test
	void aReadThatWaitedBeginsTheRowAnew() {
		List<Runnable> tasks = giveATransportThatRunsLater();
		for (int i = 0; i < 10; i++) {
			feed("\n".repeat(20));
			this.reader.readExactlyAsync(1);
			for (int j = 1; j < 20; j++) {
				assertThat(this.reader.readLineAsync()).isCompleted();
			}
			CompletableFuture<byte[]> waiting = this.reader.readLineAsync();
			assertThat(waiting).isNotDone();
			feed("\n");
			assertThat(waiting).isCompleted();
		}
		assertThat(tasks).isEmpty();
	}

	private List<Runnable> giveATransportThatRunsLater() {
		List<Runnable> tasks = new ArrayList<>();
		this.feed.setTransport(new RecordingTransport() {
			@Override
			public void execute(Runnable command) {
				tasks.add(command);
			}
		});
		return tasks;
	}

	@Test
	void theEndOfTheInputLetsGoOfTheTimerOfTheReadTimeout() {
		assertThatTheTimerIsCancelledBy(ReaderFeed::feedEof);
	}

	@Test
	void theFailureOfTheInputLetsGoOfTheTimerOfTheReadTimeout() {
		assertThatTheTimerIsCancelledBy((feed) -> feed.setException(new ConnectionResetException("reset", null)));
	}

	private void assertThatTheTimerIsCancelledBy(Consumer<ReaderFeed> end) {
		List<String> timer = new ArrayList<>();
		this.feed.setTransport(new RecordingTransport() {
			@Override
			public Cancellable executeLater(Duration delay, Runnable task) {
				timer.add("planned");
				return () -> timer.add("cancelled");
			}
		});
		this.reader.setReadTimeout(Duration.ofHours(1));
		CompletableFuture<byte[]> read = this.reader.readLineAsync();
		assertThat(timer).containsExactly("planned");
		end.accept(this.feed);
		assertThat(read).isDone();
		assertThat(timer).containsExactly("planned", "cancelled");
	}

	@Test
	void readsIntoABuffer() throws IOException {
		feed("hello");
		ByteBuffer target = ByteBuffer.allocate(4);
		assertThat(this.reader.read(target)).isEqualTo(4);
		assertThat(text(target.array())).isEqualTo("hell");
		assertThat(this.reader.read(target.clear())).isEqualTo(1);
		this.feed.feedEof();
		assertThat(this.reader.read(target.clear())).isEqualTo(-1);
	}

	@Test
	void aBlockedReadGetsWhatComes() throws Exception {
		Future<String> line = this.threads.submit(() -> text(this.reader.readLine()));
		awaitWaiting();
		feed("hel");
		feed("lo\nrest");
		assertThat(line.get(5, TimeUnit.SECONDS)).isEqualTo("hello\n");
		assertThat(text(this.reader.read(10))).isEqualTo("rest");
	}

	@Test
	void aReadThatWaitsTakesWhatItNeedsAndLeavesTheRest() throws Exception {
		for (boolean direct : new boolean[] { false, true }) {
			assertTaken(direct, StreamReader::readLineAsync, "abc\n");
			assertTaken(direct, (reader) -> reader.readAsync(2), "ab");
			assertTaken(direct, (reader) -> reader.readAsync(100), "abc\ndef");
			assertTaken(direct, (reader) -> reader.readExactlyAsync(6), "abc\nde");
			assertTaken(direct, (reader) -> reader.readUntilAsync(new byte[] { 'd' }), "abc\nd");
		}
	}

	private static void assertTaken(boolean direct, Function<StreamReader, CompletableFuture<byte[]>> read,
			String expected) throws Exception {
		byte[] sent = "abc\ndef".getBytes(StandardCharsets.UTF_8);
		ByteBuffer arriving = (direct ? ByteBuffer.allocateDirect(sent.length) : ByteBuffer.allocate(sent.length))
			.put(sent)
			.flip();
		ReaderFeed feed = ReaderFeed.create();
		StreamReader reader = feed.reader();
		CompletableFuture<byte[]> waiting = read.apply(reader);
		assertThat(waiting).isNotDone();
		feed.feedData(arriving);
		assertThat(text(waiting.get(5, TimeUnit.SECONDS))).isEqualTo(expected);
		assertThat(arriving.hasRemaining()).isFalse();
		assertThat(reader.buffered()).isEqualTo(sent.length - expected.length());
		feed.feedEof();
		assertThat(text(reader.read())).isEqualTo("abc\ndef".substring(expected.length()));
	}

	@Test
	void platformThreadsMayReadToo() throws Exception {
		CompletableFuture<String> line = new CompletableFuture<>();
		Thread.ofPlatform().start(() -> {
			try {
				line.complete(text(this.reader.readLine()));
			}
			catch (IOException ex) {
				line.completeExceptionally(ex);
			}
		});
		awaitWaiting();
		feed("hello\n");
		assertThat(line.get(5, TimeUnit.SECONDS)).isEqualTo("hello\n");
	}

	@Test
	void anInterruptedReadKeepsTheBytesAndTheFlag() throws Exception {
		feed("abc");
		CompletableFuture<Boolean> flag = new CompletableFuture<>();
		Thread reading = Thread.ofVirtual().start(() -> {
			assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> this.reader.readExactly(5))
				.withMessageContaining("readExactly was interrupted; no byte was lost");
			flag.complete(Thread.currentThread().isInterrupted());
		});
		awaitWaiting();
		reading.interrupt();
		assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();
		feed("de");
		assertThat(text(this.reader.readExactly(5))).isEqualTo("abcde");
	}

	@Test
	void anInterruptedReadToTheEndPutsBackWhatItHadTaken() throws Exception {
		Thread reading = Thread.ofVirtual()
			.start(() -> assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> this.reader.read()));
		awaitWaiting();
		feed("some");
		feed("thing");
		await().until(() -> this.reader.buffered() == 0);
		reading.interrupt();
		reading.join();
		assertThat(this.reader.buffered()).isEqualTo(9);
		this.feed.feedEof();
		assertThat(text(this.reader.read())).isEqualTo("something");
	}

	@Test
	void aReadThatFindsItsBytesDoesNotMindAnInterrupt() throws Exception {
		feed("hello\n");
		Future<String> line = this.threads.submit(() -> {
			Thread.currentThread().interrupt();
			String read = text(this.reader.readLine());
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
			return read;
		});
		assertThat(line.get(5, TimeUnit.SECONDS)).isEqualTo("hello\n");
	}

	@Test
	void tenThousandInterruptsLoseAndRepeatNothing() throws Exception {
		this.feed = ReaderFeed.create(ReadLimit.MAX_BYTES);
		this.reader = this.feed.reader();
		AtomicInteger interrupts = new AtomicInteger();
		ByteArrayOutputStream got = new ByteArrayOutputStream();
		CompletableFuture<Void> finished = new CompletableFuture<>();
		Thread reading = Thread.ofVirtual().start(() -> {
			try {
				readInManyWays(got, interrupts);
				finished.complete(null);
			}
			catch (IOException | RuntimeException ex) {
				finished.completeExceptionally(ex);
			}
		});
		Random random = new Random(1);
		ByteArrayOutputStream sent = new ByteArrayOutputStream();
		while (interrupts.get() < 10_000) {
			byte[] some = new byte[random.nextInt(20)];
			for (int i = 0; i < some.length; i++) {
				some[i] = (byte) ((random.nextInt(8) == 0) ? '\n' : 'a' + random.nextInt(26));
			}
			if (this.reader.buffered() < 200) {
				sent.writeBytes(some);
				this.feed.feedData(some);
			}
			for (int spin = random.nextInt(100); spin > 0; spin--) {
				Thread.onSpinWait();
			}
			int before = interrupts.get();
			reading.interrupt();
			if (random.nextBoolean()) {
				await().until(() -> interrupts.get() > before || this.reader.buffered() > 0 || finished.isDone());
			}
			assertThat(finished).isNotDone();
		}
		this.feed.feedEof();
		finished.get(20, TimeUnit.SECONDS);
		assertThat(got.toByteArray()).isEqualTo(sent.toByteArray());
	}

	private void readInManyWays(ByteArrayOutputStream got, AtomicInteger interrupts) throws IOException {
		Random random = new Random(2);
		while (!this.reader.atEof()) {
			try {
				switch (random.nextInt(6)) {
					case 0 -> got.writeBytes(this.reader.readLine());
					case 1 -> got.writeBytes(this.reader.readExactly(random.nextInt(30)));
					case 2 -> got.writeBytes(this.reader.read(1 + random.nextInt(30)));
					case 3 ->
						got.writeBytes(this.reader.readUntil(List.of(new byte[] { 'a' }, new byte[] { 'b', 'c' })));
					case 4 -> {
						ByteBuffer target = ByteBuffer.allocate(10);
						got.write(target.array(), 0, Math.max(0, this.reader.read(target)));
					}
					default -> got.writeBytes(this.reader.read());
				}
			}
			catch (InterruptedIOException ex) {
				assertThat(Thread.interrupted()).isTrue();
				interrupts.incrementAndGet();
			}
			catch (IncompleteReadException ex) {
				got.writeBytes(ex.partial());
			}
		}
	}

	@Test
	void aTimeoutKeepsTheBytesAndTheStream() throws Exception {
		this.reader.setReadTimeout(Duration.ofMillis(50));
		feed("abc");
		assertThatExceptionOfType(ReadTimeoutException.class).isThrownBy(() -> this.reader.readExactly(5))
			.withMessageContaining("readExactly received nothing for 50 ms")
			.withMessageContaining("kept");
		assertThat(this.reader.buffered()).isEqualTo(3);
		feed("de");
		assertThat(text(this.reader.readExactly(5))).isEqualTo("abcde");
	}

	@Test
	void everyByteStartsTheTimeoutAnew() throws Exception {
		this.reader.setReadTimeout(Duration.ofMillis(400));
		Future<String> read = this.threads.submit(() -> text(this.reader.readExactly(6)));
		long started = System.nanoTime();
		for (String drop : List.of("a", "b", "c", "d", "e", "f")) {
			await().during(Duration.ofMillis(120)).until(() -> true);
			feed(drop);
		}
		assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo("abcdef");
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(600));
	}

	@Test
	void withoutATimeoutReadsWaitAgain() throws Exception {
		this.reader.setReadTimeout(Duration.ofMillis(10));
		this.reader.setReadTimeout(null);
		Future<String> line = this.threads.submit(() -> text(this.reader.readLine()));
		await().during(Duration.ofMillis(50)).until(() -> !line.isDone());
		feed("\n");
		assertThat(line.get(5, TimeUnit.SECONDS)).isEqualTo("\n");
	}

	@Test
	void whatWasReceivedBeforeAnErrorIsDeliveredFirst() throws IOException {
		feed("line\nrest");
		IOException failure = new ConnectionResetException("gone", null);
		this.feed.setException(failure);
		assertThat(this.reader.exception()).isSameAs(failure);
		assertThat(text(this.reader.readLine())).isEqualTo("line\n");
		assertThat(text(this.reader.read(2))).isEqualTo("re");
		assertThatExceptionOfType(ConnectionResetException.class).isThrownBy(this.reader::readLine)
			.havingCause()
			.isSameAs(failure);
		assertThatExceptionOfType(ConnectionResetException.class).isThrownBy(() -> this.reader.readExactly(3));
		assertThatExceptionOfType(ConnectionResetException.class).isThrownBy(() -> this.reader.read());
		assertThat(text(this.reader.readExactly(2))).isEqualTo("st");
		assertThatExceptionOfType(ConnectionResetException.class).isThrownBy(() -> this.reader.read(1));
		assertThatExceptionOfType(ConnectionResetException.class)
			.isThrownBy(() -> this.reader.read(ByteBuffer.allocate(1)));
		assertThat(this.reader.readLineAsync()).failsWithin(Duration.ZERO);
		assertThat(this.reader.atEof()).isFalse();
	}

	@Test
	void aReadOfNothingTellsOfAnErrorOnceEverythingWasRead() throws IOException {
		feed("x");
		IOException failure = new ConnectionResetException("gone", null);
		this.feed.setException(failure);
		assertThat(this.reader.read(0)).isEmpty();
		assertThat(this.reader.readExactly(0)).isEmpty();
		assertThat(text(this.reader.read(1))).isEqualTo("x");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.reader.read(0))
			.havingCause()
			.isSameAs(failure);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.reader.readExactly(0))
			.havingCause()
			.isSameAs(failure);
		assertThat(this.reader.readAsync(0)).failsWithin(Duration.ZERO).withThrowableThat().withCause(failure);
	}

	@Test
	void anAsynchronousReadHasTheSameTimeout() throws Exception {
		try (StreamPair pair = StreamPair.create()) {
			StreamReader reader = pair.left().reader();
			reader.setReadTimeout(Duration.ofMillis(100));
			CompletableFuture<byte[]> silent = reader.readExactlyAsync(6);
			pair.right().writer().write("abc".getBytes(StandardCharsets.ISO_8859_1));
			assertThat(silent).failsWithin(Duration.ofSeconds(5))
				.withThrowableThat()
				.withCauseInstanceOf(ReadTimeoutException.class)
				.withMessageContaining("readExactly received nothing for 100 ms");
			assertThat(reader.buffered()).isEqualTo(3);
			CompletableFuture<byte[]> next = reader.readExactlyAsync(6);
			pair.right().writer().write("def".getBytes(StandardCharsets.ISO_8859_1));
			assertThat(text(next.get(5, TimeUnit.SECONDS))).isEqualTo("abcdef");
			CompletableFuture<byte[]> all = reader.readAsync();
			pair.right().writer().write("ghi".getBytes(StandardCharsets.ISO_8859_1));
			assertThat(all).failsWithin(Duration.ofSeconds(5));
			assertThat(text(reader.read(9))).as("what a read to the end had taken").isEqualTo("ghi");
		}
	}

	@Test
	void everyByteStartsTheTimeoutOfAnAsynchronousReadAnew() throws Exception {
		try (StreamPair pair = StreamPair.create()) {
			StreamReader reader = pair.left().reader();
			reader.setReadTimeout(Duration.ofMillis(400));
			CompletableFuture<byte[]> read = reader.readExactlyAsync(6);
			for (String drop : List.of("a", "b", "c", "d", "e", "f")) {
				await().during(Duration.ofMillis(120)).until(() -> true);
				pair.right().writer().write(drop.getBytes(StandardCharsets.ISO_8859_1));
			}
			assertThat(text(read.get(5, TimeUnit.SECONDS))).isEqualTo("abcdef");
		}
	}

	@Test
	void aShorterTimeoutCountsForTheNextAsynchronousRead() throws Exception {
		try (StreamPair pair = StreamPair.create()) {
			StreamReader reader = pair.left().reader();
			reader.setReadTimeout(Duration.ofHours(1));
			CompletableFuture<byte[]> answered = reader.readLineAsync();
			pair.right().writer().write("\n".getBytes(StandardCharsets.ISO_8859_1));
			assertThat(answered).succeedsWithin(Duration.ofSeconds(5));
			reader.setReadTimeout(Duration.ofMillis(50));
			assertThat(reader.readLineAsync()).failsWithin(Duration.ofSeconds(5))
				.withThrowableThat()
				.withCauseInstanceOf(ReadTimeoutException.class);
		}
	}

	@Test
	void anAsynchronousReadThatWaitsStaysBoundedWhenTheTimeoutIsReplaced() {
		try (StreamPair pair = StreamPair.create()) {
			StreamReader reader = pair.left().reader();
			reader.setReadTimeout(Duration.ofMillis(50));
			CompletableFuture<byte[]> silent = reader.readLineAsync();
			reader.setReadTimeout(Duration.ofMillis(100));
			assertThat(silent).failsWithin(Duration.ofSeconds(5))
				.withThrowableThat()
				.withCauseInstanceOf(ReadTimeoutException.class);
		}
	}

	/** A listener may set it where the event loop holds the reader's lock. */
	@Test
	void theTimeoutIsSetWithoutWaitingForTheReader() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch set = new CountDownLatch(1);
		this.feed.setTransport(new RecordingTransport() {
			@Override
			public void pauseReading() {
				inside.countDown();
				assertThat(awaits(set)).isTrue();
			}
		});
		Future<?> feeding = this.threads.submit(() -> feed("x".repeat(200_000)));
		assertThat(awaits(inside)).isTrue();
		this.reader.setReadTimeout(Duration.ofSeconds(1));
		set.countDown();
		feeding.get(5, TimeUnit.SECONDS);
	}

	private static boolean awaits(CountDownLatch latch) {
		try {
			return latch.await(5, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void anErrorWakesWhoeverWaits() {
		Future<byte[]> line = this.threads.submit(() -> this.reader.readLine());
		awaitWaiting();
		feed("half a li");
		IOException failure = new IOException("gone");
		this.feed.setException(failure);
		assertThat(line).failsWithin(Duration.ofSeconds(5)).withThrowableThat().withCause(failure);
		assertThat(this.reader.buffered()).isEqualTo(9);
	}

	@Test
	void anErrorAfterTheEndChangesNothing() throws IOException {
		feed("last");
		this.feed.feedEof();
		this.feed.setException(new IOException("later"));
		assertThat(text(this.reader.readLine())).isEqualTo("last");
		assertThat(this.reader.readLine()).isEmpty();
	}

	@Test
	void aSecondReaderIsRefusedInTheWordsOfAsyncio() throws Exception {
		Future<byte[]> first = this.threads.submit(() -> this.reader.readLine());
		awaitWaiting();
		String words = " called while another coroutine is already waiting for incoming data";
		assertThatIllegalStateException().isThrownBy(() -> this.reader.read(1))
			.withMessageStartingWith("read()" + words);
		assertThatIllegalStateException().isThrownBy(() -> this.reader.read())
			.withMessageStartingWith("read()" + words);
		assertThatIllegalStateException().isThrownBy(() -> this.reader.read(ByteBuffer.allocate(1)))
			.withMessageStartingWith("read()" + words);
		assertThatIllegalStateException().isThrownBy(() -> this.reader.readExactly(1))
			.withMessageStartingWith("readExactly()" + words);
		assertThatIllegalStateException().isThrownBy(() -> this.reader.readLine())
			.withMessageStartingWith("readLine()" + words);
		assertThatIllegalStateException().isThrownBy(() -> this.reader.readUntil(NEWLINE))
			.withMessageStartingWith("readUntil()" + words);
		assertThat(this.reader.readExactlyAsync(1)).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withMessageContaining("readExactly()" + words);
		feed("for the first\n");
		assertThat(text(first.get(5, TimeUnit.SECONDS))).isEqualTo("for the first\n");
	}

	@Test
	void aRefusedReadToTheEndTakesNothing() throws Exception {
		feed("abc");
		Future<byte[]> first = this.threads.submit(() -> this.reader.readExactly(5));
		awaitWaiting();
		assertThatIllegalStateException().isThrownBy(() -> this.reader.read());
		feed("de");
		assertThat(text(first.get(5, TimeUnit.SECONDS))).isEqualTo("abcde");
	}

	@Test
	void blockingOnAnEventLoopIsRefusedWithTheWayOut() {
		this.feed.setTransport(this.transport);
		this.transport.setEventLoop(true);
		assertThatIllegalStateException().isThrownBy(() -> this.reader.readLine())
			.withMessageContaining("readLine would block the event loop: call readLineAsync");
		assertThatIllegalStateException().isThrownBy(() -> this.reader.readExactly(1))
			.withMessageContaining("call readExactlyAsync");
		assertThat(this.reader.readLineAsync()).isNotDone();
		feed("x\n");
	}

	@Test
	void whatIsThereMayBeReadOnAnEventLoop() throws IOException {
		this.feed.setTransport(this.transport);
		this.transport.setEventLoop(true);
		feed("line\n");
		assertThat(text(this.reader.readLine())).isEqualTo("line\n");
	}

	@Test
	void aCancelledFutureTakesNothing() throws IOException {
		CompletableFuture<byte[]> cancelled = this.reader.readLineAsync();
		feed("hel");
		cancelled.cancel(true);
		feed("lo\n");
		assertThat(text(this.reader.readLine())).isEqualTo("hello\n");
	}

	@Test
	void linesCanBeIterated() {
		feed("a\nb\nlast");
		this.feed.feedEof();
		List<String> lines = new ArrayList<>();
		this.reader.lines().forEach((line) -> lines.add(text(line)));
		assertThat(lines).containsExactly("a\n", "b\n", "last");
		Iterator<byte[]> again = this.reader.lines().iterator();
		assertThat(again.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(again::next);
	}

	@Test
	void anErrorEndsTheIteration() {
		feed("a\nb");
		this.feed.setException(new IOException("gone"));
		Iterator<byte[]> lines = this.reader.lines().iterator();
		assertThat(text(lines.next())).isEqualTo("a\n");
		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(lines::hasNext).withMessageContaining("gone");
	}

	@Test
	void anInputStreamReadsTheSameBytes() throws IOException {
		feed("hello world");
		InputStream stream = this.reader.inputStream();
		assertThat(stream.available()).isEqualTo(11);
		assertThat(stream.read()).isEqualTo('h');
		assertThat(text(stream.readNBytes(4))).isEqualTo("ello");
		assertThat(stream.read(new byte[10], 0, 0)).isZero();
		this.feed.feedEof();
		assertThat(text(stream.readAllBytes())).isEqualTo(" world");
		assertThat(stream.read()).isEqualTo(-1);
	}

	@Test
	void tellsWhatItIsDoing() {
		assertThat(this.reader).hasToString("StreamReader[0 bytes]");
		this.feed = ReaderFeed.create(4);
		this.reader = this.feed.reader();
		this.feed.setTransport(this.transport);
		assertThat(this.reader.toString()).contains("limit=4").contains("transport=");
		CompletableFuture<byte[]> waiting = this.reader.readLineAsync();
		assertThat(this.reader.toString()).contains("waiting in readLine");
		waiting.cancel(true);
		feed("123456789");
		assertThat(this.reader.toString()).contains("9 bytes").endsWith(", paused]");
		this.feed.setException(new IOException("gone"));
		assertThat(this.reader.toString()).contains("exception=").contains("gone");
		this.feed.feedEof();
		assertThat(this.reader.toString()).contains("eof");
	}

	private void feed(String text) {
		this.feed.feedData(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private void awaitWaiting() {
		await().until(() -> this.reader.toString().contains("waiting in"));
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

}
