package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a {@link RawClient} reads from and writes to, blocking.
 */
interface RawLink extends AutoCloseable {

	/** Reads some bytes; -1 at the end of the input. */
	int read(ByteBuffer target) throws IOException;

	/** Writes some of the bytes, at least one. */
	void write(ByteBuffer source) throws IOException;

	/** How many bytes that the peer has not read may have been written. */
	void limitUnread(int bytes) throws IOException;

	void shutdownOutput() throws IOException;

	/** Closes with a reset instead of an end of stream. */
	void reset() throws IOException;

	@Override
	void close() throws IOException;

}
