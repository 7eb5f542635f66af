package io.streams.demo.cache.resp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.streams.IncompleteReadException;
import io.streams.LimitOverrunException;
import io.streams.StreamReader;

import org.jspecify.annotations.Nullable;

/**
 * Reads requests from a stream: arrays of bulk strings, or lines as somebody types them.
 * What a client declares is only a promise: nothing is allocated before its bytes are
 * here. For the use of one thread.
 */
public final class RespReader {

	private static final byte[] NEWLINE = { '\n' };

	/** Room for the words of nearly every request. */
	private static final int USUAL_WORDS = 4;

	private final StreamReader reader;

	private final RespLimits limits;

	public RespReader(StreamReader reader, RespLimits limits) {
		this.reader = reader;
		this.limits = limits;
	}

	/**
	 * Reads a request.
	 * @return its words, at least one, or {@code null} at the end of the input, in the
	 * middle of a request also
	 * @throws RespException if what was read is no request
	 * @throws IOException if the connection is lost
	 */
	public @Nullable List<byte[]> next() throws IOException {
		try {
			List<byte[]> words = List.of();
			while (words.isEmpty()) {
				byte[] line = firstLine();
				words = (line[0] == '*') ? array(line) : InlineRequest.split(line);
			}
			return words;
		}
		catch (IncompleteReadException ex) {
			return null;
		}
	}

	private byte[] firstLine() throws IOException {
		try {
			return this.reader.readUntil(NEWLINE);
		}
		catch (LimitOverrunException ex) {
			boolean array = this.reader.readExactly(1)[0] == '*';
			throw new RespException(array ? "too big mbulk count string" : "too big inline request");
		}
	}

	private List<byte[]> array(byte[] line) throws IOException {
		long count = Digits.parse(line, 1, length(line)).orElse(Long.MAX_VALUE);
		if (count > this.limits.words()) {
			throw new RespException("invalid multibulk length");
		}
		List<byte[]> words = new ArrayList<>(Math.clamp(count, 0, USUAL_WORDS));
		long remaining = this.limits.requestBytes();
		for (long i = 0; i < count; i++) {
			byte[] word = word((int) Math.clamp(remaining, -1, this.limits.wordBytes()));
			remaining -= word.length + RespLimits.WORD_OVERHEAD;
			words.add(word);
		}
		return words;
	}

	private byte[] word(int maximum) throws IOException {
		byte[] line = wordLine();
		if (line[0] != '$') {
			throw new RespException("expected '$', got '" + (char) Byte.toUnsignedInt(line[0]) + "'");
		}
		long length = Digits.parse(line, 1, length(line)).orElse(-1);
		if (length < 0 || length > maximum) {
			throw new RespException("invalid bulk length");
		}
		byte[] withEnd = this.reader.readExactly((int) length + 2);
		return Arrays.copyOf(withEnd, (int) length);
	}

	private byte[] wordLine() throws IOException {
		try {
			byte[] line = this.reader.readLine();
			if (line.length == 0 || line[line.length - 1] != '\n') {
				throw new IncompleteReadException(line, null);
			}
			return line;
		}
		catch (LimitOverrunException ex) {
			throw new RespException("too big bulk count string");
		}
	}

	/** The length of a line without its end. */
	private static int length(byte[] line) {
		int length = line.length - 1;
		return (length > 0 && line[length - 1] == '\r') ? length - 1 : length;
	}

}
