package io.streams.tls;

/**
 * The life of TLS on a connection.
 *
 * <pre>
 *   UNWRAPPED ──▶ HANDSHAKE ──▶ OPEN ──close──▶ FLUSHING ──▶ SHUTDOWN ──▶ CLOSED
 *       │             │           │                │             │           ▲
 *       └─────────────┴───────────┴── failure ─────┴─────────────┴───────────┘
 * </pre>
 *
 * The names are those of asyncio's {@code sslproto}. Bytes reach the reader in
 * {@link #OPEN} only.
 */
enum TlsState {

	/** Nothing of TLS has been sent yet. */
	UNWRAPPED,

	/** The peers agree on keys. */
	HANDSHAKE,

	/** Data flows, encrypted. */
	OPEN,

	/** Closed by its user; what was written before is being encrypted. */
	FLUSHING,

	/** {@code close_notify} was sent; the transport below flushes and closes. */
	SHUTDOWN,

	/** Gone. */
	CLOSED;

	boolean canMoveTo(TlsState next) {
		return next.ordinal() == ordinal() + 1 || next == CLOSED && this != CLOSED
				|| next == SHUTDOWN && this.ordinal() < SHUTDOWN.ordinal();
	}

}
