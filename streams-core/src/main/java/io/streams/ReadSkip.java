package io.streams;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * {@code skipLine} and {@code skipUntil}: drops what comes, as it comes, up to and
 * including a separator, and counts it. Dropped bytes do not come back, however the read
 * ends.
 */
final class ReadSkip extends ReadRequest<Long> {

	private final String method;

	private final Separators separators;

	/** Whether the end of the input ends the read as a separator does. */
	private final boolean upToEnd;

	private long skipped;

	private ReadSkip(String method, Separators separators, boolean upToEnd) {
		this.method = method;
		this.separators = separators;
		this.upToEnd = upToEnd;
	}

	@Override
	String method() {
		return this.method;
	}

	@Override
	@Nullable Long attempt(InputBuffer input) throws IOException {
		Separators.Match match = this.separators.find(input, 0, 0);
		if (match != null) {
			return drop(input, match.end());
		}
		// Bytes that may begin a separator stay.
		drop(input, Math.max(0, input.size() + 1 - this.separators.longest()));
		if (!input.isExhausted()) {
			return null;
		}
		drop(input, input.size());
		if (!this.upToEnd) {
			throw new IncompleteReadException(new byte[0], null);
		}
		return this.skipped;
	}

	private long drop(InputBuffer input, int length) {
		input.discard(length);
		this.skipped += length;
		return this.skipped;
	}

	/** {@code skipLine}. */
	static ReadSkip line() {
		return new ReadSkip("skipLine", Separators.NEWLINE, true);
	}

	/** {@code skipUntil}. */
	static ReadSkip until(byte[] separator) {
		return new ReadSkip("skipUntil", Separators.of(separator), false);
	}

}
