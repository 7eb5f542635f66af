package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.streams.transport.ConnectionResetException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Reads that are taken back before they are settled leave the same behind, whichever way
 * that is done; and what the end of the input and an error leave behind.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class StreamReaderWithdrawalTests {

	private static final int LIMIT = 4;

	private static final byte[] SEPARATOR = "--------------end".getBytes(StandardCharsets.ISO_8859_1);

	private final DelayingTransport transport = new DelayingTransport();

	private final ReaderFeed feed = ReaderFeed.create(LIMIT);

	private final StreamReader reader = this.feed.reader();

	StreamReaderWithdrawalTests() {
		this.feed.setTransport(this.transport);
	}

	@ParameterizedTest
	@EnumSource
	void withdrawnReadPausesWhenTheNextByteComes(Way way) throws Exception {
		this.feed.feedData(new byte[2 * LIMIT + 1]);
		assertThat(this.transport.takeCalls()).containsExactly("pause");
		way.withdraw(this.reader, this.transport, Kind.EXACTLY);
		assertThat(this.transport.takeCalls()).containsExactly("resume");
		assertThat(this.reader.buffered()).isEqualTo(2 * LIMIT + 1);
		this.feed.feedData(new byte[1]);
		assertThat(this.transport.takeCalls()).containsExactly("pause");
		assertThat(this.reader.readExactly(2 * LIMIT + 2)).hasSize(2 * LIMIT + 2);
		assertThat(this.transport.takeCalls()).containsExactly("resume");
	}

	/** Only a cancelled read to the end loses what it took, as in CPython. */
	@ParameterizedTest
	@EnumSource
	void withdrawnReadToTheEndPausesWhenTheNextByteComes(Way way) throws Exception {
		this.feed.feedData(new byte[2 * LIMIT + 1]);
		way.withdraw(this.reader, this.transport, Kind.ALL);
		int kept = way.losesCollected ? 0 : 2 * LIMIT + 1;
		assertThat(this.transport.takeCalls()).containsExactly("pause", "resume");
		assertThat(this.reader.buffered()).isEqualTo(kept);
		this.feed.feedData(new byte[1]);
		assertThat(this.transport.takeCalls()).hasSize((kept > 0) ? 1 : 0);
		assertThat(this.reader.read(100)).hasSize(kept + 1);
	}

	@ParameterizedTest
	@EnumSource
	void everyWithdrawnReadLeavesTheSameBehind(Kind kind) throws Exception {
		this.feed.feedData(new byte[kind.fed]);
		for (Way way : Way.values()) {
			way.withdraw(this.reader, this.transport, kind);
			assertThat(this.transport.takeCalls()).as("calls after %s", way).isEmpty();
			assertThat(this.reader.buffered()).as("buffered after %s", way).isEqualTo(kind.left);
			assertThat(this.reader.toString()).as("state after %s", way).doesNotContain("waiting", "paused");
		}
		this.feed.feedData("x\n".getBytes(StandardCharsets.ISO_8859_1));
		assertThat(this.reader.readLine()).hasSize(kind.left + 2);
	}

	@Test
	void readIntoABufferAtTheEndEndsThePause() throws IOException {
		this.feed.feedData(new byte[3 * LIMIT]);
		this.feed.feedEof();
		assertThatExceptionOfType(IncompleteReadException.class).isThrownBy(() -> this.reader.readExactly(100));
		assertThat(this.transport.takeCalls()).containsExactly("pause");
		assertThat(this.reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
		assertThat(this.transport.takeCalls()).containsExactly("resume");
	}

	@Test
	void errorBeforeTheEndCounts() throws IOException {
		this.feed.feedData(new byte[2]);
		this.feed.setException(new ConnectionResetException("reset", null));
		this.feed.feedEof();
		assertThat(this.reader.readExactly(2)).hasSize(2);
		assertThat(this.reader.atEof()).isTrue();
		for (Kind kind : Kind.values()) {
			assertThatExceptionOfType(ConnectionResetException.class).as("%s", kind)
				.isThrownBy(() -> kind.read(this.reader));
			assertThat(kind.readAsync(this.reader).exceptionNow()).isInstanceOf(ConnectionResetException.class);
		}
	}

	@Test
	void endBeforeTheErrorCounts() throws IOException {
		this.feed.feedEof();
		this.feed.setException(new ConnectionResetException("reset", null));
		this.feed.feedEof();
		assertThat(this.reader.read()).isEmpty();
		assertThat(this.reader.readLine()).isEmpty();
		assertThat(this.reader.awaitInput()).isFalse();
		assertThat(this.reader.exception()).isInstanceOf(ConnectionResetException.class);
	}

	/** How a read is taken back. */
	private enum Way {

		INTERRUPT(false), BLOCKING_TIMEOUT(false), ASYNCHRONOUS_TIMEOUT(false), CANCEL(true), OR_TIMEOUT(true);

		private final boolean losesCollected;

		Way(boolean losesCollected) {
			this.losesCollected = losesCollected;
		}

		void withdraw(StreamReader reader, DelayingTransport transport, Kind kind) throws Exception {
			switch (this) {
				case INTERRUPT -> interrupt(reader, kind);
				case BLOCKING_TIMEOUT -> {
					reader.setReadTimeout(Duration.ofMillis(1));
					assertThatExceptionOfType(ReadTimeoutException.class).isThrownBy(() -> kind.read(reader));
				}
				case ASYNCHRONOUS_TIMEOUT -> {
					reader.setReadTimeout(Duration.ofNanos(1));
					CompletableFuture<?> read = kind.readAsync(reader);
					transport.runDelayed();
					assertThat(read.exceptionNow()).isInstanceOf(ReadTimeoutException.class);
				}
				case CANCEL -> assertThat(kind.readAsync(reader).cancel(false)).isTrue();
				case OR_TIMEOUT ->
					assertThat(kind.readAsync(reader).completeExceptionally(new TimeoutException())).isTrue();
			}
			reader.setReadTimeout(null);
		}

		private static void interrupt(StreamReader reader, Kind kind) throws Exception {
			CompletableFuture<Throwable> thrown = new CompletableFuture<>();
			Thread thread = Thread.ofVirtual().start(() -> {
				try {
					kind.read(reader);
				}
				catch (Exception ex) {
					thrown.complete(ex);
				}
			});
			await().until(() -> reader.toString().contains("waiting in"));
			thread.interrupt();
			assertThat(thrown.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
		}

	}

	/** A read that waits, with what is fed before it and what is buffered after it. */
	private enum Kind {

		AWAIT_INPUT(0, 0), SOME(0, 0), INTO(0, 0), ALL(0, 0), EXACTLY(3, 3), LINE(3, 3), UNTIL(3, 3), SKIP_LINE(3, 0),
		SKIP_UNTIL(3, 3);

		private final int fed;

		private final int left;

		Kind(int fed, int left) {
			this.fed = fed;
			this.left = left;
		}

		Object read(StreamReader reader) throws IOException {
			return switch (this) {
				case AWAIT_INPUT -> reader.awaitInput();
				case SOME -> reader.read(100);
				case INTO -> reader.read(ByteBuffer.allocate(100));
				case ALL -> reader.read();
				case EXACTLY -> reader.readExactly(100);
				case LINE -> reader.readLine();
				case UNTIL -> reader.readUntil(SEPARATOR);
				case SKIP_LINE -> reader.skipLine();
				case SKIP_UNTIL -> reader.skipUntil(SEPARATOR);
			};
		}

		CompletableFuture<?> readAsync(StreamReader reader) {
			return switch (this) {
				case AWAIT_INPUT -> reader.awaitInputAsync();
				case SOME, INTO -> reader.readAsync(100);
				case ALL -> reader.readAsync();
				case EXACTLY -> reader.readExactlyAsync(100);
				case LINE -> reader.readLineAsync();
				case UNTIL -> reader.readUntilAsync(SEPARATOR);
				case SKIP_LINE -> reader.skipLineAsync();
				case SKIP_UNTIL -> reader.skipUntilAsync(SEPARATOR);
			};
		}

	}

	/** Keeps what is to run later. */
	private static final class DelayingTransport extends RecordingTransport {

		private final Queue<Runnable> delayed = new ArrayDeque<>();

		@Override
		public Cancellable executeLater(Duration delay, Runnable task) {
			this.delayed.add(task);
			return () -> this.delayed.remove(task);
		}

		void runDelayed() {
			for (Runnable task; (task = this.delayed.poll()) != null;) {
				task.run();
			}
		}

	}

}
