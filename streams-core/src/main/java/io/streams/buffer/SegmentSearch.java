package io.streams.buffer;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Finds bytes in linked segments. Indexes count from the front of the queue.
 */
final class SegmentSearch {

	private SegmentSearch() {
	}

	/**
	 * Returns a byte.
	 * @param first the segment to begin with
	 * @param firstIndex the index of its first byte
	 * @param index the index of the byte
	 * @return the byte
	 * @throws IndexOutOfBoundsException if no segment has it
	 */
	static byte byteAt(@Nullable Segment first, long firstIndex, long index) {
		long base = firstIndex;
		for (Segment segment = first; segment != null; segment = segment.next) {
			if (index < base + segment.size()) {
				return segment.bytes[segment.head + (int) (index - base)];
			}
			base += segment.size();
		}
		throw new IndexOutOfBoundsException("index " + index + " of " + base + " bytes");
	}

	/**
	 * Finds a byte.
	 * @param first the segment to begin with
	 * @param firstIndex the index of its first byte
	 * @param value the byte
	 * @param from the index to begin at
	 * @return its index, or -1
	 */
	static long indexOf(@Nullable Segment first, long firstIndex, byte value, long from) {
		long base = firstIndex;
		for (Segment segment = first; segment != null; segment = segment.next) {
			int size = segment.size();
			if (from < base + size) {
				int start = segment.head + (int) Math.max(0, from - base);
				int index = ByteSearch.indexOf(segment.bytes, start, segment.tail, value);
				if (index >= 0) {
					return base + (index - segment.head);
				}
			}
			base += size;
		}
		return -1;
	}

	/**
	 * Finds a sequence of bytes.
	 * @param first the segment to begin with
	 * @param firstIndex the index of its first byte
	 * @param sequence the bytes, at least one
	 * @param from the index to begin at
	 * @param last the last index that the sequence may begin at
	 * @return the index of its first byte, or -1
	 */
	static long indexOf(@Nullable Segment first, long firstIndex, byte[] sequence, long from, long last) {
		long base = firstIndex;
		for (Segment segment = first; segment != null && base <= last; segment = segment.next) {
			int size = segment.size();
			if (from < base + size) {
				int start = segment.head + (int) Math.max(0, from - base);
				int stop = segment.head + (int) Math.min(size, last - base + 1);
				int index = indexIn(segment, start, stop, sequence);
				if (index >= 0) {
					return base + (index - segment.head);
				}
			}
			base += size;
		}
		return -1;
	}

	/** Finds a sequence that begins in a segment, and may end in a later one. */
	private static int indexIn(Segment segment, int start, int stop, byte[] sequence) {
		int index = start;
		while ((index = ByteSearch.indexOf(segment.bytes, index, stop, sequence[0])) >= 0) {
			if (sequence.length == 1 || continues(segment, index, sequence)) {
				return index;
			}
			index++;
		}
		return -1;
	}

	private static boolean continues(Segment begin, int index, byte[] sequence) {
		int start = index;
		int matched = 0;
		for (Segment segment = begin; segment != null; segment = segment.next) {
			int n = Math.min(sequence.length - matched, segment.tail - start);
			if (!Arrays.equals(segment.bytes, start, start + n, sequence, matched, matched + n)) {
				return false;
			}
			matched += n;
			if (matched == sequence.length) {
				return true;
			}
			start = (segment.next != null) ? segment.next.head : 0;
		}
		return false;
	}

}
