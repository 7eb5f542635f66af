package io.streams;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * {@code readUntil}: the shortest chunk that ends in any of the separators. Guarded by
 * the reader's lock.
 */
sealed class ReadUntil extends ReadRequest<byte[]> permits ReadLine {

	private final Separators separators;

	/** Where the next search begins, as CPython keeps it. */
	private int searched;

	/**
	 * No separator that begins at {@link #searched} or later ends before this index, if
	 * no byte has left the front since the last search.
	 */
	private int seen;

	/** How many bytes had left the front at the last search. */
	private long taken;

	ReadUntil(Separators separators) {
		this.separators = separators;
	}

	@Override
	String method() {
		return "readUntil";
	}

	@Override
	byte @Nullable [] attempt(InputBuffer input) throws IOException {
		int size = input.size();
		if (size - this.searched >= this.separators.shortest()) {
			Separators.Match match = this.separators.find(input, this.searched, seen(input));
			if (match != null) {
				refuseAbove(input.limit(), match.start(), "Separator is found, but chunk is longer than limit");
				return input.take(match.end());
			}
			int begun = this.searched;
			this.searched = Math.max(0, size + 1 - this.separators.longest());
			refuseAbove(input.limit(), this.searched, "Separator is not found, and chunk exceed the limit");
			// A shorter buffer moves the start back, to bytes that were not searched.
			this.seen = (this.searched < begun) ? 0 : size;
			this.taken = input.taken();
		}
		if (input.isExhausted()) {
			throw new IncompleteReadException(input.takeRest(), null);
		}
		return null;
	}

	/**
	 * Whether the next search does not begin at the front: it does not even if another
	 * read has taken the bytes that were searched, as in CPython.
	 */
	final boolean hasSearched() {
		return this.searched > 0;
	}

	/** Another read may have taken bytes away while this one waited. */
	private int seen(InputBuffer input) {
		return (input.taken() == this.taken) ? this.seen : 0;
	}

	private static void refuseAbove(ReadLimit limit, long length, String message) throws LimitOverrunException {
		if (length > limit.bytes()) {
			throw new LimitOverrunException(message + " (" + length + " bytes, limit " + limit.bytes()
					+ "): raise the limit, or read long data with read or readExactly", length);
		}
	}

	static ReadUntil of(byte[] separator) {
		return new ReadUntil(Separators.of(separator));
	}

	static ReadUntil of(List<byte[]> separators) {
		return new ReadUntil(Separators.of(separators));
	}

}
