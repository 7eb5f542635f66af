package io.streams;

import java.util.List;
import java.util.stream.Stream;

import io.streams.transport.TransportFactory;

/**
 * The transports over which the contract of streams is shown. One that is added here must
 * pass all that extends {@link StreamContract}.
 */
enum TransportKind {

	/** TCP over the loopback interface. */
	TCP(Family.TCP, TestNetwork.TRANSPORTS, 1),

	/** TCP, with event loops that run the handlers themselves. */
	TCP_CARRIER(Family.TCP, TestNetwork.CARRIERS, 1),

	/** A Unix socket. */
	UNIX(Family.UNIX, TestNetwork.TRANSPORTS, 1),

	/** TCP, and each byte reaches the protocol in a call of its own. */
	TCP_BYTEWISE(Family.TCP, new BytewiseTransports(TestNetwork.TRANSPORTS), 32),

	/** Connections in memory, without a socket. */
	MEMORY(Family.MEMORY, TestNetwork.MEMORY, 1);

	private enum Family {

		TCP, UNIX, MEMORY

	}

	private final Family family;

	private final TransportFactory transports;

	private final int slowness;

	TransportKind(Family family, TransportFactory transports, int slowness) {
		this.family = family;
		this.transports = transports;
		this.slowness = slowness;
	}

	/**
	 * The kinds of this run: a module with other sockets leaves out those without any.
	 */
	static List<TransportKind> tested() {
		boolean socketsOnly = Boolean.getBoolean("streams.test.sockets-only");
		return Stream.of(values()).filter((kind) -> !(socketsOnly && kind.isMemory())).toList();
	}

	boolean isUnix() {
		return this.family == Family.UNIX;
	}

	boolean isMemory() {
		return this.family == Family.MEMORY;
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
