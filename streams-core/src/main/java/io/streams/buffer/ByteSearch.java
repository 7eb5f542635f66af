package io.streams.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds a byte in an array, eight at a time.
 */
final class ByteSearch {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long ONES = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	private ByteSearch() {
	}

	/**
	 * The index of the first occurrence between two indexes, or -1.
	 */
	static int indexOf(byte[] bytes, int from, int to, byte value) {
		int i = from;
		long pattern = (value & 0xFFL) * ONES;
		for (int end = to - Long.BYTES; i <= end; i += Long.BYTES) {
			long difference = (long) LONGS.get(bytes, i) ^ pattern;
			// The lowest set bit marks the first zero byte, that is, the first match.
			long zeros = (difference - ONES) & ~difference & HIGH_BITS;
			if (zeros != 0) {
				return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
			}
		}
		for (; i < to; i++) {
			if (bytes[i] == value) {
				return i;
			}
		}
		return -1;
	}

}
