package io.streams.benchmarks.workload;

/**
 * What a server does for its clients.
 */
public enum Service {

	/** Sends every line back. */
	ECHO,

	/** The same over TLS 1.3. */
	ECHO_TLS,

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
	RESP;

	/**
	 * Whether it is spoken over TLS from the first byte.
	 * @return {@code true} if the load generator has to do a handshake
	 */
	public boolean isTls() {
		return this == ECHO_TLS;
	}

}
