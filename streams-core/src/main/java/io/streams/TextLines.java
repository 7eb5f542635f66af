package io.streams;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Which charsets lines of text may have: those in which the byte 10 ends a line and is
 * part of nothing else.
 */
final class TextLines {

	private TextLines() {
	}

	/**
	 * Refuses a charset in which a line does not end in the byte 10.
	 * @return the charset
	 * @throws IllegalArgumentException if it is refused
	 */
	static Charset check(Charset charset) {
		if (!charset.equals(StandardCharsets.UTF_8) && !endsLineInOneByte(charset)) {
			throw new IllegalArgumentException("lines of " + charset + " do not end in the byte 10: read the bytes with"
					+ " readUntil or readExactly, and decode them");
		}
		return charset;
	}

	private static boolean endsLineInOneByte(Charset charset) {
		byte[] end = charset.canEncode() ? "\n".getBytes(charset) : new byte[0];
		return end.length == 1 && end[0] == '\n';
	}

}
