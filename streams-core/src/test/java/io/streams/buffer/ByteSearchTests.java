package io.streams.buffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ByteSearchTests {

	@Test
	void findsEveryByteAtEveryPlaceOfEveryRange() {
		byte[] bytes = new byte[40];
		for (int value : new int[] { 0, 1, '\n', 0x7f, 0x80, 0xff }) {
			Arrays.fill(bytes, (byte) (value + 1));
			for (int at = 0; at < bytes.length; at++) {
				bytes[at] = (byte) value;
				for (int from = 0; from <= bytes.length; from++) {
					int expected = (from <= at) ? at : -1;
					assertThat(ByteSearch.indexOf(bytes, from, bytes.length, (byte) value)).isEqualTo(expected);
				}
				for (int to = 0; to <= bytes.length; to++) {
					int expected = (at < to) ? at : -1;
					assertThat(ByteSearch.indexOf(bytes, 0, to, (byte) value)).isEqualTo(expected);
				}
				bytes[at] = (byte) (value + 1);
			}
		}
	}

	@Test
	void agreesWithALoop() {
		Random random = new Random(1);
		for (int round = 0; round < 20_000; round++) {
			byte[] bytes = new byte[random.nextInt(50)];
			for (int i = 0; i < bytes.length; i++) {
				bytes[i] = (byte) (random.nextInt(4) - 2);
			}
			int from = random.nextInt(bytes.length + 1);
			int to = from + random.nextInt(bytes.length - from + 1);
			byte value = (byte) (random.nextInt(4) - 2);
			int expected = loop(bytes, from, to, value);
			assertThat(ByteSearch.indexOf(bytes, from, to, value)).isEqualTo(expected);
			for (ByteBuffer buffer : buffers(bytes)) {
				buffer.position(from).limit(to);
				assertThat(ByteSearch.indexOf(buffer, value)).isEqualTo(expected);
				assertThat(buffer.remaining()).isEqualTo(to - from);
			}
		}
	}

	/** The same bytes on the heap and off it, in either order. */
	private static List<ByteBuffer> buffers(byte[] bytes) {
		ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).clear();
		return List.of(ByteBuffer.wrap(bytes), ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), direct,
				direct.duplicate().order(ByteOrder.LITTLE_ENDIAN));
	}

	private static int loop(byte[] bytes, int from, int to, byte value) {
		for (int i = from; i < to; i++) {
			if (bytes[i] == value) {
				return i;
			}
		}
		return -1;
	}

}
