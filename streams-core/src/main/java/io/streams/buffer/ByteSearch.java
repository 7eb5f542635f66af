package io.streams.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds a byte, looking at eight at a time.
 */
public final class ByteSearch {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long ONES = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	private ByteSearch() {
	}

	/**
	 * The index of the first occurrence among a buffer's remaining bytes, or -1.
	 * @param buffer the bytes, whose position stays
	 * @param value the byte to look for
	 * @return an index as {@link ByteBuffer#get(int)} takes it, or -1
	 */
	public static int indexOf(ByteBuffer buffer, byte value) {
		boolean swap = buffer.order() == ByteOrder.BIG_ENDIAN;
		long pattern = (value & 0xFFL) * ONES;
		int i = buffer.position();
		for (int end = buffer.limit() - Long.BYTES; i <= end; i += Long.BYTES) {
			long bytes = buffer.getLong(i);
			long matches = matches((swap ? Long.reverseBytes(bytes) : bytes) ^ pattern);
			if (matches != 0) {
				return i + first(matches);
			}
		}
		for (; i < buffer.limit(); i++) {
			if (buffer.get(i) == value) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * The index of the first occurrence between two indexes, or -1.
	 */
	static int indexOf(byte[] bytes, int from, int to, byte value) {
		int i = from;
		long pattern = (value & 0xFFL) * ONES;
		for (int end = to - Long.BYTES; i <= end; i += Long.BYTES) {
			long matches = matches((long) LONGS.get(bytes, i) ^ pattern);
			if (matches != 0) {
				return i + first(matches);
			}
		}
		for (; i < to; i++) {
			if (bytes[i] == value) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * The lowest bit that is set marks the first byte that does not differ.
	 */
	private static long matches(long difference) {
		return (difference - ONES) & ~difference & HIGH_BITS;
	}

	private static int first(long matches) {
		return Long.numberOfTrailingZeros(matches) >>> 3;
	}

}
