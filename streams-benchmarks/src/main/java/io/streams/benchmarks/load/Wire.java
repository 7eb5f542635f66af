package io.streams.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connection's bytes: as they are, or encrypted.
 */
interface Wire {

	/**
	 * Goes on with what has to come before the first byte, as far as it can.
	 * @return whether bytes can be sent now
	 */
	boolean open() throws IOException;

	/** Reads what is there; -1 at the end. */
	int read(ByteBuffer target) throws IOException;

	/** Writes what there is room for. */
	int write(ByteBuffer source) throws IOException;

	/**
	 * Says that this is the end, before the channel is closed, as far as it has a way.
	 */
	void end() throws IOException;

}
