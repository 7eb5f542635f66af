package io.streams.buffer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SegmentQueueTests {

	private final SegmentQueue queue = new SegmentQueue();

	private long segmentsBefore;

	@BeforeEach
	void countSegments() {
		this.segmentsBefore = SegmentPool.segmentsInUse();
	}

	@AfterEach
	void anEmptyQueueHoldsNoSegment() {
		this.queue.clear();
		assertThat(this.queue.isEmpty()).isTrue();
		assertThat(SegmentPool.segmentsInUse()).isEqualTo(this.segmentsBefore);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 511, 512, 513, 8191, 8192, 8193, 20_000 })
	void givesBackInOrderWhatWasAppendedInChunksOfAnySize(int chunk) {
		byte[] all = random(1, 50_000);
		for (int i = 0; i < all.length; i += chunk) {
			int n = Math.min(chunk, all.length - i);
			if ((i / chunk) % 2 == 0) {
				this.queue.append(all, i, n);
			}
			else {
				ByteBuffer buffer = ByteBuffer.wrap(all, i, n);
				this.queue.append(buffer);
				assertThat(buffer.hasRemaining()).isFalse();
			}
		}
		assertThat(this.queue.size()).isEqualTo(all.length);
		assertThat(this.queue.take(all.length)).isEqualTo(all);
		assertThat(SegmentPool.segmentsInUse()).isEqualTo(this.segmentsBefore);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 511, 512, 513, 8191, 8192, 8193, 20_000 })
	void givesOutChunksOfAnySize(int chunk) {
		byte[] all = random(2, 50_000);
		this.queue.append(all, 0, all.length);
		ByteArrayOutputStream taken = new ByteArrayOutputStream();
		while (!this.queue.isEmpty()) {
			taken.writeBytes(this.queue.take((int) Math.min(chunk, this.queue.size())));
		}
		assertThat(taken.toByteArray()).isEqualTo(all);
	}

	@Test
	void directBuffersAreTakenIn() {
		byte[] all = random(3, 20_000);
		ByteBuffer direct = ByteBuffer.allocateDirect(all.length).put(all).flip();
		this.queue.append(direct);
		assertThat(this.queue.take(all.length)).isEqualTo(all);
	}

	@Test
	void whatIsAppendedIsCopied() {
		byte[] bytes = { 1, 2, 3 };
		this.queue.append(bytes, 0, 3);
		Arrays.fill(bytes, (byte) 9);
		assertThat(this.queue.take(3)).containsExactly(1, 2, 3);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 512, 8192, 8193, 30_000 })
	void prependedBytesComeFirst(int length) {
		byte[] front = random(4, length);
		byte[] back = random(5, 10_000);
		this.queue.append(back, 0, back.length);
		this.queue.prepend(queueOf(front));
		assertThat(this.queue.size()).isEqualTo(length + back.length);
		assertThat(this.queue.take(length)).isEqualTo(front);
		assertThat(this.queue.take(back.length)).isEqualTo(back);
	}

	@Test
	void moreCanBeAppendedAfterAPrepend() {
		this.queue.prepend(queueOf(1, 2));
		this.queue.append(new byte[] { 3 }, 0, 1);
		this.queue.prepend(queueOf(0));
		assertThat(this.queue.take(4)).containsExactly(0, 1, 2, 3);
	}

	@Test
	void gatheredArrayIsTakenWithoutACopy() {
		byte[] all = random(6, 20_000);
		this.queue.append(all, 0, 5000);
		this.queue.gather(all.length);
		long before = SegmentPool.segmentsInUse();
		this.queue.append(all, 5000, 15_000);
		assertThat(SegmentPool.segmentsInUse()).isEqualTo(before);
		assertThat(this.queue.indexOf(Arrays.copyOfRange(all, 4990, 5010), 0)).isEqualTo(4990);
		assertThat(this.queue.take(all.length)).isEqualTo(all);
		assertThat(SegmentPool.segmentsInUse()).isEqualTo(this.segmentsBefore);
	}

	@Test
	void gatheredBytesCanLeaveOneByOne() {
		byte[] all = random(6, 20_000);
		this.queue.append(all, 0, 5000);
		this.queue.gather(10_000);
		assertThat(this.queue.take(1)).containsExactly(all[0]);
		this.queue.append(all, 5000, 15_000);
		assertThat(this.queue.take(10_000)).isEqualTo(Arrays.copyOfRange(all, 1, 10_001));
		assertThat(this.queue.take(9999)).isEqualTo(Arrays.copyOfRange(all, 10_001, 20_000));
	}

	@Test
	void smallMovedPiecesShareASegment() {
		SegmentQueue target = new SegmentQueue();
		byte[] all = random(7, 2000);
		for (byte each : all) {
			this.queue.append(new byte[] { each }, 0, 1);
			this.queue.moveTo(target);
			assertThat(this.queue.isEmpty()).isTrue();
		}
		assertThat(SegmentPool.segmentsInUse() - this.segmentsBefore).isLessThanOrEqualTo(4);
		assertThat(target.take(all.length)).isEqualTo(all);
	}

	@Test
	void peekShowsWithoutTaking() {
		byte[] all = random(6, 30_000);
		this.queue.append(all, 0, all.length);
		this.queue.skip(100);
		ByteBuffer[] views = this.queue.peek(100);
		assertThat(join(views)).isEqualTo(Arrays.copyOfRange(all, 100, all.length));
		assertThat(this.queue.size()).isEqualTo(all.length - 100);
		assertThat(this.queue.peek(2)).hasSize(2);
		assertThat(this.queue.peek(0)).isEmpty();
	}

	@Test
	void peekBytesShowsAtLeastAsMuchAsIsWanted() {
		byte[] all = random(7, 30_000);
		this.queue.append(all, 0, all.length);
		for (int wanted : new int[] { 1, 8191, 8192, 8193, 30_000, 100_000 }) {
			byte[] shown = join(this.queue.peekBytes(wanted));
			assertThat(shown.length).isGreaterThanOrEqualTo(Math.min(wanted, all.length));
			assertThat(shown).isEqualTo(Arrays.copyOf(all, shown.length));
		}
		assertThat(this.queue.peekBytes(0)).isEmpty();
	}

	@Test
	void findsSequencesAcrossSegments() {
		byte[] all = new byte[3 * Segment.LARGE_BYTES];
		byte[] needle = { 1, 2, 3, 4 };
		for (int at = Segment.LARGE_BYTES - 5; at <= Segment.LARGE_BYTES + 2; at++) {
			Arrays.fill(all, (byte) 0);
			System.arraycopy(needle, 0, all, at, needle.length);
			this.queue.append(all, 0, all.length);
			assertThat(this.queue.indexOf(needle, 0)).isEqualTo(at);
			assertThat(this.queue.indexOf(needle, at)).isEqualTo(at);
			assertThat(this.queue.indexOf(needle, at + 1)).isEqualTo(-1);
			this.queue.clear();
		}
	}

	@Test
	void takesAsFarAsAValueWhereverItIs() {
		byte[] all = new byte[2 * Segment.LARGE_BYTES + 100];
		for (int at : new int[] { 0, 5, Segment.LARGE_BYTES - 1, Segment.LARGE_BYTES, all.length - 1 }) {
			Arrays.fill(all, (byte) 0);
			all[at] = 1;
			this.queue.append(all, 0, all.length);
			assertThat(this.queue.takeThrough((byte) 1, at - 1)).isNull();
			assertThat(this.queue.takeThrough((byte) 2, all.length)).isNull();
			assertThat(this.queue.size()).isEqualTo(all.length);
			assertThat(this.queue.takeThrough((byte) 1, at)).isEqualTo(Arrays.copyOf(all, at + 1));
			assertThat(this.queue.size()).isEqualTo(all.length - at - 1);
			this.queue.clear();
		}
		assertThat(this.queue.takeThrough((byte) 1, 10)).isNull();
	}

	@Test
	void asksForMoreThanThereIsAreRefused() {
		this.queue.append(new byte[3], 0, 3);
		assertThatIllegalArgumentException().isThrownBy(() -> this.queue.take(4))
			.withMessageContaining("take(4) but only 3 bytes");
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> this.queue.byteAt(1000));
	}

	@Test
	void takingNothingTakesNothing() {
		assertThat(this.queue.take(0)).isEmpty();
		assertThat(this.queue.read(ByteBuffer.allocate(5))).isZero();
		assertThat(this.queue.read(new byte[5], 0, 5)).isZero();
		this.queue.skip(0);
		assertThat(this.queue.indexOf((byte) 1, 0)).isEqualTo(-1);
	}

	@Test
	void agreesWithAPlainArrayWhateverIsDone() {
		for (int seed = 0; seed < 300; seed++) {
			Random random = new Random(seed);
			Model model = new Model();
			for (int i = 0; i < 200; i++) {
				step(random, model);
				assertThat(this.queue.size()).isEqualTo(model.bytes.length);
				assertThat(this.queue.isEmpty()).isEqualTo(model.bytes.length == 0);
				if (model.bytes.length == 0) {
					assertThat(SegmentPool.segmentsInUse()).isEqualTo(this.segmentsBefore);
				}
			}
			assertThat(this.queue.take(model.bytes.length)).isEqualTo(model.bytes);
		}
	}

	private void step(Random random, Model model) {
		int size = model.bytes.length;
		int some = random.nextInt(1 << random.nextInt(15));
		switch (random.nextInt(10)) {
			case 0, 1 -> {
				byte[] bytes = letters(random, some + 3);
				this.queue.append(bytes, 2, some);
				model.append(Arrays.copyOfRange(bytes, 2, 2 + some));
			}
			case 2 -> {
				byte[] bytes = letters(random, some);
				this.queue.append(ByteBuffer.wrap(bytes));
				model.append(bytes);
			}
			case 3 -> {
				byte[] bytes = letters(random, some / 4);
				this.queue.prepend(queueOf(bytes));
				model.prepend(bytes);
				if (random.nextInt(4) == 0) {
					this.queue.gather(Math.max(9000, (int) this.queue.size() + random.nextInt(3000)));
				}
			}
			case 4 -> {
				int n = Math.min(some, size);
				assertThat(this.queue.take(n)).isEqualTo(model.take(n));
			}
			case 5 -> {
				ByteBuffer target = ByteBuffer.allocate(some);
				int n = this.queue.read(target);
				assertThat(n).isEqualTo(Math.min(some, size));
				assertThat(Arrays.copyOf(target.array(), n)).isEqualTo(model.take(n));
			}
			case 6 -> {
				int n = Math.min(some, size);
				this.queue.skip(n);
				model.take(n);
			}
			case 7 -> {
				byte value = letters(random, 1)[0];
				int end = model.indexOf(new byte[] { value }, 0);
				assertThat(this.queue.takeThrough(value, some))
					.isEqualTo((end >= 0 && end <= some) ? model.take(end + 1) : null);
			}
			case 8 -> {
				byte[] needle = letters(random, 1 + random.nextInt(3));
				int from = random.nextInt(size + 1);
				assertThat(this.queue.indexOf(needle, from)).isEqualTo(model.indexOf(needle, from));
				int end = random.nextInt(size + 1);
				int found = model.indexOf(needle, from);
				assertThat(this.queue.indexOf(needle, from, end))
					.isEqualTo((found + needle.length <= end) ? found : -1);
				assertThat(this.queue.indexOf(needle[0], from))
					.isEqualTo(model.indexOf(new byte[] { needle[0] }, from));
			}
			default -> {
				int index = random.nextInt(size + 1);
				if (index < size) {
					assertThat(this.queue.byteAt(index)).isEqualTo(model.bytes[index]);
				}
				assertThat(join(this.queue.peek(Integer.MAX_VALUE))).isEqualTo(model.bytes);
			}
		}
	}

	/** Few letters, so that sequences are found, and begin in vain. */
	private static byte[] letters(Random random, int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) ((random.nextInt(200) == 0) ? 'b' : (random.nextInt(200) == 0) ? 'c' : 'a');
		}
		return bytes;
	}

	private static byte[] random(long seed, int length) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	private static SegmentQueue queueOf(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return queueOf(bytes);
	}

	private static SegmentQueue queueOf(byte[] bytes) {
		SegmentQueue queue = new SegmentQueue();
		queue.append(bytes, 0, bytes.length);
		return queue;
	}

	private static byte[] join(ByteBuffer[] views) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		for (ByteBuffer view : views) {
			byte[] bytes = new byte[view.remaining()];
			view.get(bytes);
			joined.writeBytes(bytes);
		}
		return joined.toByteArray();
	}

	/** What a queue is, without any cleverness. */
	private static final class Model {

		private byte[] bytes = new byte[0];

		void append(byte[] added) {
			this.bytes = concat(this.bytes, added);
		}

		void prepend(byte[] added) {
			this.bytes = concat(added, this.bytes);
		}

		byte[] take(int length) {
			byte[] taken = Arrays.copyOf(this.bytes, length);
			this.bytes = Arrays.copyOfRange(this.bytes, length, this.bytes.length);
			return taken;
		}

		int indexOf(byte[] needle, int from) {
			for (int i = from; i <= this.bytes.length - needle.length; i++) {
				if (Arrays.equals(this.bytes, i, i + needle.length, needle, 0, needle.length)) {
					return i;
				}
			}
			return -1;
		}

		private static byte[] concat(byte[] one, byte[] other) {
			byte[] joined = Arrays.copyOf(one, one.length + other.length);
			System.arraycopy(other, 0, joined, one.length, other.length);
			return joined;
		}

	}

}
