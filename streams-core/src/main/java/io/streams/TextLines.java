package io.streams;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Checks the charsets of lines of text: the byte 10 has to end a line and to be part of
 * nothing else.
 */
final class TextLines {

	private TextLines() {
	}

	/**
	 * Refuses a charset whose lines do not end in the byte 10.
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
