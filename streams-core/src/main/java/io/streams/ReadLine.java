package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.buffer.ByteSearch;

import org.jspecify.annotations.Nullable;

/**
 * {@code readLine}: like {@link ReadUntil} a newline, but the end of the input ends the
 * last line, and a line that is too long is thrown away.
 */
final class ReadLine extends ReadUntil {

	ReadLine() {
		super(Separators.NEWLINE);
	}

	@Override
	String method() {
		return "readLine";
	}

	@Override
	byte @Nullable [] attempt(InputBuffer input) throws IOException {
		try {
			return super.attempt(input);
		}
		catch (IncompleteReadException ex) {
			return ex.partial();
		}
		catch (LimitOverrunException ex) {
			discard(input, ex.consumed());
			throw ex;
		}
	}

	@Override
	byte @Nullable [] take(ByteBuffer arrived, ReadLimit limit) {
		if (hasSearched()) {
			return null;
		}
		int end = ByteSearch.indexOf(arrived, (byte) '\n') - arrived.position();
		return (end >= 0 && end <= limit.bytes()) ? takeBytes(arrived, end + 1) : null;
	}

	private static void discard(InputBuffer input, long consumed) {
		Separators.Match newline = Separators.NEWLINE.find(input, consumed, 0);
		if (newline != null && newline.start() == consumed) {
			input.discard(newline.end());
		}
		else {
			input.discard(input.size());
		}
	}

}
