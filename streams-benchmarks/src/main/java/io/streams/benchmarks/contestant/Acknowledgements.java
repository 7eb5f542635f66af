package io.streams.benchmarks.contestant;

import io.streams.benchmarks.workload.Chunk;

/**
 * Counts what a connection received. Not safe for use by several threads.
 */
final class Acknowledgements {

	/** What is sent for each {@link Chunk#ACKNOWLEDGED} bytes. */
	static final byte[] ACKNOWLEDGEMENT = { '.' };

	private long received;

	/**
	 * Counts bytes, at most a chunk of them.
	 * @return whether to send an acknowledgement
	 */
	boolean isDueAfter(int bytes) {
		long before = this.received / Chunk.ACKNOWLEDGED;
		this.received += bytes;
		return this.received / Chunk.ACKNOWLEDGED > before;
	}

}
