package io.streams.demo.cache.resp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as somebody types it: words between spaces, in double quotes with C's
 * escapes, or in single quotes.
 */
final class InlineRequest {

	private static final String ESCAPES = "nrtba";

	private static final byte[] ESCAPED = { '\n', '\r', '\t', '\b', 0x07 };

	private final byte[] line;

	private int position;

	private InlineRequest(byte[] line) {
		this.line = line;
	}

	/**
	 * Splits a line into words.
	 * @param line the line
	 * @return the words, none if it is blank
	 * @throws RespException if a quote is not closed, or not followed by a space
	 */
	static List<byte[]> split(byte[] line) throws RespException {
		return new InlineRequest(line).words();
	}

	private List<byte[]> words() throws RespException {
		List<byte[]> words = new ArrayList<>();
		skipSpace();
		while (hasNext()) {
			words.add(word());
			skipSpace();
		}
		return words;
	}

	private byte[] word() throws RespException {
		ByteArrayOutputStream word = new ByteArrayOutputStream();
		while (hasNext() && !isSpace()) {
			byte next = this.line[this.position++];
			if (next == '"' || next == '\'') {
				quoted(next, word);
			}
			else {
				word.write(next);
			}
		}
		return word.toByteArray();
	}

	private void quoted(byte quote, ByteArrayOutputStream word) throws RespException {
		while (hasNext() && this.line[this.position] != quote) {
			byte next = this.line[this.position++];
			word.write((next == '\\' && hasNext()) ? escaped(quote) : next);
		}
		this.position++;
		if (this.position > this.line.length || (hasNext() && !isSpace())) {
			throw new RespException("unbalanced quotes in request");
		}
	}

	/** What a backslash and what follows it stand for. */
	private int escaped(byte quote) {
		if (quote == '\'') {
			return (this.line[this.position] == '\'') ? this.line[this.position++] : '\\';
		}
		int hex = hex();
		if (hex >= 0) {
			this.position += 3;
			return hex;
		}
		byte letter = this.line[this.position++];
		int index = ESCAPES.indexOf(letter);
		return (index >= 0) ? ESCAPED[index] : letter;
	}

	/** The value of {@code xHH} here, or -1. */
	private int hex() {
		if (this.line[this.position] != 'x' || this.position + 2 >= this.line.length) {
			return -1;
		}
		int high = Character.digit(this.line[this.position + 1], 16);
		int low = Character.digit(this.line[this.position + 2], 16);
		return (high >= 0 && low >= 0) ? 16 * high + low : -1;
	}

	private void skipSpace() {
		while (hasNext() && isSpace()) {
			this.position++;
		}
	}

	private boolean hasNext() {
		return this.position < this.line.length;
	}

	/** As C has it: space, and tab to carriage return. */
	private boolean isSpace() {
		byte next = this.line[this.position];
		return next == ' ' || (next >= '\t' && next <= '\r');
	}

}
