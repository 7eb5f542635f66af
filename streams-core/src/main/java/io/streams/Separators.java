package io.streams;

import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What {@code readUntil} looks for: one or several sequences of bytes, of which the one
 * that ends first counts. Immutable.
 */
final class Separators {

	static final Separators NEWLINE = new Separators(List.of(new byte[] { '\n' }));

	/** Bytes that are searched for all sequences before the next stretch is. */
	private static final int FIRST_WINDOW = 256;

	/** New bytes that are looked at one by one before anything is searched for. */
	private static final int FEW = 4;

	/**
	 * Shortest first, as CPython sorts them: of two that end together the shorter counts.
	 */
	private final List<byte[]> sequences;

	private Separators(List<byte[]> sequences) {
		this.sequences = sequences;
	}

	static Separators of(List<byte[]> separators) {
		if (separators.isEmpty()) {
			throw new IllegalArgumentException(
					"Separator should contain at least one element: give the one or several that end a message");
		}
		for (byte[] separator : separators) {
			if (separator.length == 0) {
				throw emptySeparator();
			}
		}
		return new Separators(separators.stream()
			.map(byte[]::clone)
			.sorted(Comparator.comparingInt((separator) -> separator.length))
			.toList());
	}

	static Separators of(byte[] separator) {
		if (separator.length == 0) {
			throw emptySeparator();
		}
		return (separator.length == 1 && separator[0] == '\n') ? NEWLINE : new Separators(List.of(separator.clone()));
	}

	private static IllegalArgumentException emptySeparator() {
		return new IllegalArgumentException("Separator should be at least one-byte string: give the bytes that end a"
				+ " message, or use read to take whatever has come");
	}

	int shortest() {
		return this.sequences.getFirst().length;
	}

	int longest() {
		return this.sequences.getLast().length;
	}

	/**
	 * Finds the separator that ends first.
	 * @param from the index in the buffer to begin at
	 * @param seen bytes at the front in which none ends, as far as is known
	 * @return where it stands, or {@code null} if there is none
	 */
	@Nullable Match find(InputBuffer input, long from, long seen) {
		if (endsNone(input, Math.max(from, seen))) {
			return null;
		}
		if (this.sequences.size() == 1) {
			return match(this.sequences.getFirst(), input.indexOf(this.sequences.getFirst(), from));
		}
		return findInWindows(input, from, seen);
	}

	/**
	 * Whether only a few bytes are new, as when they trickle in, and none of them is a
	 * sequence's last.
	 */
	private boolean endsNone(InputBuffer input, long from) {
		int size = input.size();
		if (size - from > FEW) {
			return false;
		}
		for (int i = (int) from; i < size; i++) {
			byte value = input.byteAt(i);
			for (byte[] sequence : this.sequences) {
				if (sequence[sequence.length - 1] == value) {
					return false;
				}
			}
		}
		return true;
	}

	/**
	 * Looks at one stretch of the buffer after the other, each twice as long, and for all
	 * sequences that end in it: bytes that trickle in are looked at once, and one that
	 * never comes is not looked for in all that is buffered whenever another one does.
	 */
	private @Nullable Match findInWindows(InputBuffer input, long from, long seen) {
		long size = input.size();
		long begin = Math.max(from, seen);
		for (long length = FIRST_WINDOW; begin < size; length *= 2) {
			long end = Math.min(begin + length, size);
			Match first = findEndingIn(input, from, begin, end);
			if (first != null) {
				return first;
			}
			begin = end;
		}
		return null;
	}

	/** Finds the first end behind {@code begin} and up to {@code end}. */
	private @Nullable Match findEndingIn(InputBuffer input, long from, long begin, long end) {
		Match first = null;
		for (byte[] sequence : this.sequences) {
			long earliest = Math.max(from, begin + 1 - sequence.length);
			long last = (first != null) ? first.end() - 1 : end;
			Match match = match(sequence, input.indexOf(sequence, earliest, last));
			first = (match != null) ? match : first;
		}
		return first;
	}

	private static @Nullable Match match(byte[] sequence, long start) {
		return (start >= 0) ? new Match((int) start, (int) start + sequence.length) : null;
	}

	/**
	 * A separator in the buffer.
	 *
	 * @param start the index of its first byte
	 * @param end the index behind its last byte
	 */
	record Match(int start, int end) {
	}

}
