package io.streams;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The memory that long reads take, counted as what the feeding thread allocates.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class LongReadTests {

	private static final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final int MIB = 1024 * 1024;

	private final ReaderFeed feed = ReaderFeed.create();

	private final StreamReader reader = this.feed.reader();

	@Test
	void readExactlyAllocatesLittleMoreThanItsLength() {
		byte[] content = Payload.random(1, 32 * MIB);
		CompletableFuture<byte[]> read = this.reader.readExactlyAsync(content.length);
		assertThat(allocatedBy(() -> feed(content, 16_000))).isLessThan(content.length * 3L / 2);
		assertThat(Arrays.equals(read.join(), content)).isTrue();
	}

	@Test
	void readToTheEndAllocatesAtMostTwiceItsLength() {
		byte[] content = Payload.random(2, 32 * MIB);
		CompletableFuture<byte[]> read = this.reader.readAsync();
		assertThat(allocatedBy(() -> {
			feed(content, 16_000);
			this.feed.feedEof();
		})).isLessThan(content.length * 9L / 4);
		assertThat(Arrays.equals(read.join(), content)).isTrue();
	}

	@Test
	void declaredLengthAllocatesNothing() throws IOException {
		for (int length : new int[] { Integer.MAX_VALUE, Integer.MAX_VALUE - 8, 1 << 30, 100 * MIB }) {
			CompletableFuture<byte[]> read = this.reader.readExactlyAsync(length);
			assertThat(allocatedBy(() -> feed(new byte[1000], 10))).isLessThan(MIB);
			read.cancel(false);
			assertThat(this.reader.readExactly(1000)).hasSize(1000);
		}
	}

	@Test
	void otherReadsAndACancelSeeTheBytesOfALongRead() throws IOException {
		byte[] content = Payload.random(3, 2 * MIB);
		CompletableFuture<byte[]> read = this.reader.readExactlyAsync(content.length);
		feed(Arrays.copyOf(content, MIB), 1000);
		assertThat(this.reader.buffered()).isEqualTo(MIB);
		assertThat(this.reader.readExactly(10)).isEqualTo(Arrays.copyOf(content, 10));
		assertThat(this.reader.buffered()).isEqualTo(MIB - 10);
		feed(Arrays.copyOfRange(content, MIB, content.length), 1000);
		assertThat(read).isNotDone();
		assertThat(read.cancel(false)).isTrue();
		byte[] rest = this.reader.readExactly(content.length - 10);
		assertThat(Arrays.equals(rest, Arrays.copyOfRange(content, 10, content.length))).isTrue();
	}

	@Test
	void endInTheMiddleOfALongReadGivesThePart() {
		byte[] content = Payload.random(4, MIB);
		CompletableFuture<byte[]> read = this.reader.readExactlyAsync(2 * MIB);
		feed(content, 1000);
		this.feed.feedEof();
		assertThat(read.exceptionNow()).isInstanceOfSatisfying(IncompleteReadException.class,
				(ex) -> assertThat(Arrays.equals(ex.partial(), content)).isTrue());
		assertThat(this.reader.buffered()).isZero();
	}

	@Test
	void cancelledAndRefusedReadsToTheEndHoldNothing() {
		CompletableFuture<byte[]> waiting = this.reader.readAsync();
		this.feed.feedData(new byte[100_000]);
		assertThat(this.reader.readAsync()).isCompletedExceptionally();
		waiting.cancel(false);
		assertThat(this.reader.buffered()).isZero();
	}

	private void feed(byte[] content, int chunk) {
		for (int from = 0; from < content.length; from += chunk) {
			int to = Math.min(content.length, from + chunk);
			this.feed.feedData(ByteBuffer.wrap(content, from, to - from));
		}
	}

	private static long allocatedBy(Runnable work) {
		long before = threads.getCurrentThreadAllocatedBytes();
		work.run();
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

}
