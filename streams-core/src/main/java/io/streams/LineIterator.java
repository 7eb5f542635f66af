package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/**
 * The lines of a reader, one read ahead.
 */
final class LineIterator implements Iterator<byte[]> {

	private final StreamReader reader;

	/** The line that was read ahead; empty at the end of the input. */
	private byte @Nullable [] next;

	LineIterator(StreamReader reader) {
		this.reader = reader;
	}

	@Override
	public boolean hasNext() {
		return peek().length > 0;
	}

	@Override
	public byte[] next() {
		byte[] line = peek();
		if (line.length == 0) {
			throw new NoSuchElementException("the input has ended");
		}
		this.next = null;
		return line;
	}

	private byte[] peek() {
		byte[] line = this.next;
		if (line == null) {
			line = read();
			this.next = line;
		}
		return line;
	}

	private byte[] read() {
		try {
			return this.reader.readLine();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
