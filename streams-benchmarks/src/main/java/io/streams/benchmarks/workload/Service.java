package io.streams.benchmarks.workload;

/**
 * What a server does for its clients.
 */
public enum Service {

	/** Sends every line back. */
	ECHO,

	/**
	 * Sends {@link Chunk#bytes()} over and over until the client goes, and waits after
	 * each while the client does not keep up.
	 */
	SEND,

	/**
	 * Takes everything, and acknowledges every {@link Chunk#ACKNOWLEDGED} bytes with one
	 * byte.
	 */
	RECEIVE,

	/** Answers the commands GET and SET of Redis's protocol. */
	RESP

}
