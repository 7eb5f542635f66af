package io.streams;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A reader as an {@link InputStream}.
 */
final class ReaderInputStream extends InputStream {

	private final StreamReader reader;

	ReaderInputStream(StreamReader reader) {
		this.reader = reader;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xFF;
	}

	@Override
	public int read(byte[] target, int offset, int length) throws IOException {
		return this.reader.read(ByteBuffer.wrap(target, offset, length));
	}

	@Override
	public int available() {
		return this.reader.buffered();
	}

}
