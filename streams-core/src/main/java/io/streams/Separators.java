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

	/**
	 * Shortest first, as CPython sorts them: of two that end together the shorter counts.
	 */
	private final List<byte[]> sequences;

	private Separators(List<byte[]> sequences) {
		this.sequences = sequences;
	}

	static Separators of(List<byte[]> separators) {
		if (separators.isEmpty()) {
			throw new IllegalArgumentException("Separator should contain at least one element");
		}
		for (byte[] separator : separators) {
			if (separator.length == 0) {
				throw new IllegalArgumentException("Separator should be at least one-byte string");
			}
		}
		return new Separators(separators.stream()
			.map(byte[]::clone)
			.sorted(Comparator.comparingInt((separator) -> separator.length))
			.toList());
	}

	static Separators of(byte[] separator) {
		if (separator.length == 0) {
			throw new IllegalArgumentException("Separator should be at least one-byte string");
		}
		return (separator.length == 1 && separator[0] == '\n') ? NEWLINE : new Separators(List.of(separator.clone()));
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
	 * @return where it stands, or {@code null} if there is none
	 */
	@Nullable Match find(InputBuffer input, long from) {
		Match best = null;
		for (int i = 0; i < this.sequences.size(); i++) {
			byte[] sequence = this.sequences.get(i);
			long start = input.indexOf(sequence, from);
			if (start >= 0 && (best == null || start + sequence.length < best.end())) {
				best = new Match((int) start, (int) start + sequence.length);
			}
		}
		return best;
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
