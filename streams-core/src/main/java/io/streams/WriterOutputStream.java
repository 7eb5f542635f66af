package io.streams;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A writer as an {@link OutputStream}. A write drains while writing is paused, because
 * its callers cannot.
 */
final class WriterOutputStream extends OutputStream {

	private final StreamWriter writer;

	WriterOutputStream(StreamWriter writer) {
		this.writer = writer;
	}

	@Override
	public void write(int value) throws IOException {
		write(new byte[] { (byte) value }, 0, 1);
	}

	@Override
	public void write(byte[] data, int offset, int length) throws IOException {
		this.writer.write(data, offset, length);
		this.writer.drainIfPaused();
	}

	@Override
	public void flush() {
		this.writer.flush();
	}

}
