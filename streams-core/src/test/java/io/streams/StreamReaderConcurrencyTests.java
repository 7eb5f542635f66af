package io.streams;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.streams.transport.ConnectionLostException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.streams.ModelCheck.join;
import static io.streams.ModelCheck.require;
import static io.streams.ModelCheck.requireEqual;
import static io.streams.ModelCheck.start;

/**
 * Model checks the reader between its event loop and those who read, with Lincheck: a
 * failure shows the switches of threads that lead to it, and comes again in each run.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StreamReaderConcurrencyTests {

	private static final int INVOCATIONS = 100;

	@Test
	void cancellingAReadLosesNoByte() {
		ModelCheck.explore("cancellingAReadLosesNoByte", INVOCATIONS, () -> {
			ReaderFeed feed = ReaderFeed.create();
			StreamReader reader = feed.reader();
			CompletableFuture<byte[]> read = reader.readAsync(8);
			Thread user = start(() -> read.cancel(false));
			feed.feedData(new byte[2]);
			join(user);
			requireEqual(received(read) + reader.buffered(), 2, "bytes");
		});
	}

	@Test
	void givingUpOnAReadLosesNoByte() {
		ModelCheck.explore("givingUpOnAReadLosesNoByte", INVOCATIONS, () -> {
			ReaderFeed feed = ReaderFeed.create();
			StreamReader reader = feed.reader();
			CompletableFuture<byte[]> read = reader.readAsync(8);
			Thread timer = start(() -> read.completeExceptionally(new IOException("timeout")));
			feed.feedData(new byte[2]);
			join(timer);
			requireEqual(received(read) + reader.buffered(), 2, "bytes");
			feed.feedData(new byte[1]);
			requireEqual(received(read) + reader.buffered(), 3, "bytes");
		});
	}

	@Test
	void interruptingAReadLosesNoByte() {
		ModelCheck.explore("interruptingAReadLosesNoByte", INVOCATIONS, () -> {
			ReaderFeed feed = ReaderFeed.create();
			StreamReader reader = feed.reader();
			AtomicInteger received = new AtomicInteger();
			Thread user = start(() -> received.set(read(reader, 8).length));
			user.interrupt();
			feed.feedData(new byte[2]);
			join(user);
			requireEqual(received.get() + reader.buffered(), 2, "bytes");
		});
	}

	@Test
	void everyLineComesWholeAndThenTheEnd() {
		ModelCheck.explore("everyLineComesWholeAndThenTheEnd", INVOCATIONS, () -> {
			ReaderFeed feed = ReaderFeed.create();
			StreamReader reader = feed.reader();
			Thread loop = start(() -> {
				feed.feedData(new byte[] { 'a' });
				feed.feedData(new byte[] { 'b', '\n' });
				feed.feedEof();
			});
			requireEqual(line(reader).length, 3, "bytes of the line");
			requireEqual(line(reader).length, 0, "bytes at the end");
			join(loop);
			require(reader.atEof(), "everything was read");
		});
	}

	@Test
	void whatCameBeforeAFailureIsReadBeforeIt() {
		ModelCheck.explore("whatCameBeforeAFailureIsReadBeforeIt", INVOCATIONS, () -> {
			ReaderFeed feed = ReaderFeed.create();
			StreamReader reader = feed.reader();
			Thread loop = start(() -> {
				feed.feedData(new byte[1]);
				feed.feedData(new byte[1]);
				feed.setException(new ConnectionLostException("gone"));
			});
			int received = 0;
			for (byte[] data; (data = read(reader, 8)).length > 0;) {
				received += data.length;
			}
			join(loop);
			requireEqual(received, 2, "bytes");
		});
	}

	@Test
	void ofTwoReadersAtLeastOneIsServedAndNoByteIsLost() {
		ModelCheck.explore("ofTwoReadersAtLeastOneIsServedAndNoByteIsLost", INVOCATIONS, () -> {
			ReaderFeed feed = ReaderFeed.create();
			StreamReader reader = feed.reader();
			AtomicInteger received = new AtomicInteger();
			AtomicInteger refused = new AtomicInteger();
			List<Thread> users = Stream.generate(() -> start(() -> {
				try {
					received.addAndGet(exactly(reader, 1).length);
				}
				catch (IllegalStateException ex) {
					refused.incrementAndGet();
				}
			})).limit(2).toList();
			feed.feedData(new byte[2]);
			users.forEach(ModelCheck::join);
			requireEqual(received.get() + reader.buffered(), 2, "bytes");
			requireEqual(received.get() + refused.get(), 2, "bytes");
			require(refused.get() < 2, "at least one reader is served");
		});
	}

	@Test
	void neverStaysPausedAtOrBelowTheLimit() {
		ModelCheck.explore("neverStaysPausedAtOrBelowTheLimit", INVOCATIONS, () -> {
			CountingTransport transport = new CountingTransport();
			ReaderFeed feed = ReaderFeed.create(1);
			StreamReader reader = feed.reader();
			feed.setTransport(transport);
			Thread loop = start(() -> {
				feed.feedData(new byte[2]);
				feed.feedData(new byte[2]);
			});
			int received = 0;
			while (received < 3) {
				received += read(reader, 3).length;
			}
			join(loop);
			requireEqual(received + reader.buffered(), 4, "bytes");
			requireEqual(transport.paused.get(), 0, "pauses");
		});
	}

	private static int received(CompletableFuture<byte[]> read) {
		return read.isCompletedExceptionally() ? 0 : read.join().length;
	}

	private static byte[] read(StreamReader reader, int max) {
		try {
			return reader.read(max);
		}
		catch (IOException ex) {
			return new byte[0];
		}
	}

	private static byte[] exactly(StreamReader reader, int length) {
		try {
			return reader.readExactly(length);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static byte[] line(StreamReader reader) {
		try {
			return reader.readLine();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/** Counts how often it was paused and not resumed: 0 or 1 at all times. */
	private static final class CountingTransport extends RecordingTransport {

		private final AtomicInteger paused = new AtomicInteger();

		@Override
		public void pauseReading() {
			requireEqual(this.paused.incrementAndGet(), 1, "pauses");
		}

		@Override
		public void resumeReading() {
			requireEqual(this.paused.decrementAndGet(), 0, "pauses");
		}

	}

}
