package io.streams.loop;

import io.streams.socket.PolledSocket;

/**
 * The interest set of a connected socket: the events that its loop's poller reports.
 *
 * <pre>
 *   UNREGISTERED ──register──▶ READ ◀──▶ READ_AND_WRITE ◀──▶ WRITE
 *        ▲                      ▲                              ▲
 *        │                      └─────────▶ NOTHING ◀──────────┘
 *        │                                   ▲   │
 *        └──close, from each────             └─ PROBE
 * </pre>
 *
 * The system reports nothing about a socket that is watched for {@link #NOTHING}, so that
 * {@link DeadPeerProbe} looks at it with {@link #PROBE} now and then.
 */
enum SocketInterest {

	/** The poller does not watch the socket yet, or no longer. */
	UNREGISTERED(0),

	/** Input is wanted, and no output waits. */
	READ(PolledSocket.READ),

	/** Input is wanted, and output waits for room. */
	READ_AND_WRITE(PolledSocket.READ | PolledSocket.WRITE),

	/** No input is wanted, and output waits for room. */
	WRITE(PolledSocket.WRITE),

	/** No input is wanted, and no output waits. */
	NOTHING(0),

	/**
	 * A connected socket cannot become ready for this: it reports an error of the socket
	 * and nothing else.
	 */
	PROBE(PolledSocket.CONNECT);

	private final int operations;

	SocketInterest(int operations) {
		this.operations = operations;
	}

	static SocketInterest of(boolean reading, boolean writing) {
		if (reading) {
			return writing ? READ_AND_WRITE : READ;
		}
		return writing ? WRITE : NOTHING;
	}

	/** Returns the interest set for the poller. */
	int operations() {
		return this.operations;
	}

	/** Whether the socket is watched for room to write. */
	boolean isWriting() {
		return this == WRITE || this == READ_AND_WRITE;
	}

}
