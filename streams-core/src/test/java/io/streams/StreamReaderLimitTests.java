package io.streams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.streams.transport.ConnectionResetException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What a reader's limit does: to chunks that are longer, and to the transport.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class StreamReaderLimitTests {

	private static final byte[] NEWLINE = { '\n' };

	private final RecordingTransport transport = new RecordingTransport();

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private ReaderFeed feed = ReaderFeed.create(4);

	private StreamReader reader = this.feed.reader();

	@AfterEach
	void takeWhatIsLeft() {
		this.reader.setLimit(ReadLimit.MAX_BYTES);
		this.reader.readAsync(this.reader.buffered());
		this.threads.close();
	}

	/** The peer would never send the rest. */
	@Test
	void aLowerLimitPausesNoReadThatWaits() throws Exception {
		this.feed = ReaderFeed.create(1000);
		this.reader = this.feed.reader();
		this.feed.setTransport(this.transport);
		CompletableFuture<byte[]> read = this.reader.readExactlyAsync(600);
		feed("x".repeat(500));
		this.reader.setLimit(100);
		assertThat(this.transport.isReading()).isTrue();
		feed("x".repeat(100));
		assertThat(read.get()).hasSize(600);
	}

	@Test
	void aChunkOverTheLimitStaysAndTellsHowMuchMayBeSkipped() throws IOException {
		feed("123456");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(() -> this.reader.readUntil(NEWLINE))
			.withMessageContaining("Separator is not found, and chunk exceed the limit")
			.withMessageContaining("limit 4")
			.satisfies((ex) -> assertThat(ex.consumed()).isEqualTo(6));
		feed("7\n8");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(() -> this.reader.readUntil(NEWLINE))
			.withMessageContaining("Separator is found, but chunk is longer than limit")
			.withMessageContaining("raise the limit")
			.satisfies((ex) -> assertThat(ex.consumed()).isEqualTo(7));
		assertThat(text(this.reader.readExactly(8))).isEqualTo("1234567\n");
		assertThat(text(this.reader.read(9))).isEqualTo("8");
	}

	@Test
	void aChunkOfExactlyTheLimitIsRead() throws IOException {
		feed("1234\n");
		assertThat(text(this.reader.readUntil(NEWLINE))).isEqualTo("1234\n");
		feed("1234\r\n");
		assertThat(text(this.reader.readUntil(new byte[] { '\r', '\n' }))).isEqualTo("1234\r\n");
	}

	@Test
	void aLineOverTheLimitIsDiscardedAndNothingElseIfItsEndHasCome() throws IOException {
		feed("123456\nok\n");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(this.reader::readLine);
		assertThat(text(this.reader.readLine())).isEqualTo("ok\n");
	}

	@Test
	void allThatIsBufferedIsDiscardedIfTheEndOfTheLineHasNotCome() throws IOException {
		this.feed.setTransport(this.transport);
		feed("123456789");
		assertThat(this.transport.takeCalls()).containsExactly("pause");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(this.reader::readLine);
		assertThat(this.transport.takeCalls()).containsExactly("resume");
		assertThat(this.reader.buffered()).isZero();
		feed("ok\n");
		assertThat(text(this.reader.readLine())).isEqualTo("ok\n");
	}

	@Test
	void aReadThatNeedsMoreThanTheLimitIsNotHeldBack() throws Exception {
		this.feed.setTransport(this.transport);
		Future<byte[]> read = this.threads.submit(() -> this.reader.readExactly(100));
		awaitWaiting();
		for (int i = 0; i < 20; i++) {
			feed("12345");
			if (!read.isDone() && i < 19) {
				assertThat(this.transport.isReading()).as("after %d bytes", 5 * (i + 1)).isTrue();
			}
		}
		assertThat(read.get(5, TimeUnit.SECONDS)).hasSize(100);
	}

	@Test
	void raisingTheLimitResumes() throws IOException {
		this.feed.setTransport(this.transport);
		feed("123456789");
		assertThat(this.transport.takeCalls()).containsExactly("pause");
		this.reader.setLimit(8);
		assertThat(this.transport.takeCalls()).as("9 bytes are above the limit still").isEmpty();
		this.reader.setLimit(9);
		assertThat(this.transport.takeCalls()).containsExactly("resume");
		feed("\n");
		assertThat(text(this.reader.readLine())).isEqualTo("123456789\n");
	}

	@Test
	void loweringTheLimitPauses() {
		this.feed = ReaderFeed.create();
		this.reader = this.feed.reader();
		this.feed.setTransport(this.transport);
		feed("123456789");
		assertThat(this.transport.takeCalls()).isEmpty();
		this.reader.setLimit(4);
		assertThat(this.transport.takeCalls()).containsExactly("pause");
		assertThat(this.reader.limit()).isEqualTo(4);
	}

	/** As in asyncio, where it raises NotImplementedError. */
	@Test
	void aTransportThatCannotBePausedIsAskedOnceAndEverythingIsBuffered() throws IOException {
		RecordingTransport unpausable = new RecordingTransport() {

			@Override
			public void pauseReading() {
				super.pauseReading();
				throw new UnsupportedOperationException();
			}

		};
		this.feed.setTransport(unpausable);
		feed("123456789");
		feed("123456789");
		assertThat(unpausable.takeCalls()).containsExactly("pause");
		assertThat(this.reader.toString()).doesNotContain("paused");
		assertThat(this.reader.readExactly(18)).hasSize(18);
		assertThat(unpausable.takeCalls()).as("nothing is to be resumed").isEmpty();
	}

	@Test
	void theRestOfALineThatIsTooLongCanBeSkipped() throws Exception {
		this.feed.setTransport(this.transport);
		feed("too long a li");
		assertThat(this.transport.takeCalls()).containsExactly("pause");
		assertThatExceptionOfType(LimitOverrunException.class).isThrownBy(() -> this.reader.readUntil(NEWLINE));
		Future<Long> skipped = this.threads.submit(() -> this.reader.skipLine());
		awaitWaiting();
		assertThat(this.transport.takeCalls()).containsExactly("resume");
		assertThat(this.reader.buffered()).as("bytes that are held meanwhile").isZero();
		feed("ne, and longer still");
		feed("\nok\nrest");
		assertThat(skipped.get(5, TimeUnit.SECONDS)).isEqualTo("too long a line, and longer still\n".length());
		assertThat(text(this.reader.readLine())).isEqualTo("ok\n");
		assertThat(this.reader.skipLineAsync()).isNotDone();
		this.feed.feedEof();
		assertThat(this.reader.atEof()).isTrue();
	}

	@Test
	void aLineThatIsThereIsSkippedAndNothingElse() throws IOException {
		feed("too long a line\nok\n");
		assertThat(this.reader.skipLine()).isEqualTo(16);
		assertThat(text(this.reader.readLine())).isEqualTo("ok\n");
	}

	@Test
	void skippingFindsASeparatorThatComesInPieces() {
		byte[] separator = { '\r', '\n', '\r', '\n' };
		CompletableFuture<Long> skipped = this.reader.skipUntilAsync(separator);
		for (String piece : List.of("head", "er\r", "\n\r", "x\r\n", "\r\nbody")) {
			assertThat(skipped).isNotDone();
			feed(piece);
		}
		assertThat(skipped).isCompletedWithValue(14L);
		assertThat(text(this.reader.readAsync(100).join())).isEqualTo("body");
	}

	@Test
	void skippingAtTheEndOfTheInputTellsSo() throws IOException {
		feed("half a li");
		this.feed.feedEof();
		assertThat(this.reader.skipLine()).isEqualTo(9);
		assertThat(this.reader.skipLine()).isZero();
		assertThatExceptionOfType(IncompleteReadException.class).isThrownBy(() -> this.reader.skipUntil(NEWLINE))
			.satisfies((ex) -> assertThat(ex.partial()).isEmpty());
		assertThatIllegalArgumentException().isThrownBy(() -> this.reader.skipUntil(new byte[0]))
			.withMessageContaining("at least one-byte");
	}

	@Test
	void skippingEndsWithTheConnectionAndWithTheTimeout() {
		this.reader.setReadTimeout(Duration.ofMillis(1));
		assertThatExceptionOfType(ReadTimeoutException.class).isThrownBy(() -> this.reader.skipLine());
		feed("gone");
		ConnectionResetException failure = new ConnectionResetException("gone", null);
		this.feed.setException(failure);
		assertThatIOException().isThrownBy(() -> this.reader.skipLine()).havingCause().isSameAs(failure);
		assertThat(this.reader.buffered()).isZero();
	}

	@Test
	void aSkipThatIsCancelledLeavesTheRest() throws IOException {
		CompletableFuture<Long> skipped = this.reader.skipLineAsync();
		feed("dropped");
		skipped.cancel(true);
		feed("kept\n");
		assertThat(text(this.reader.readLine())).isEqualTo("kept\n");
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
