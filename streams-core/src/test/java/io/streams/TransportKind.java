package io.streams;

import io.streams.transport.TransportFactory;

/**
 * The transports over which the contract of streams is shown. One that is added here must
 * pass all of {@link StreamContractTests}.
 */
enum TransportKind {

	/** TCP over the loopback interface. */
	TCP(false, TestNetwork.TRANSPORTS, 1),

	/** A Unix socket. */
	UNIX(true, TestNetwork.TRANSPORTS, 1),

	/** TCP, and each byte reaches the protocol in a call of its own. */
	TCP_BYTEWISE(false, new BytewiseTransports(TestNetwork.TRANSPORTS), 32);

	private final boolean unix;

	private final TransportFactory transports;

	private final int slowness;

	TransportKind(boolean unix, TransportFactory transports, int slowness) {
		this.unix = unix;
		this.transports = transports;
		this.slowness = slowness;
	}

	boolean isUnix() {
		return this.unix;
	}

	TransportFactory transports() {
		return this.transports;
	}

	/**
	 * So many bytes, or fewer where they take longer.
	 */
	int scaled(int bytes) {
		return bytes / this.slowness;
	}

}
