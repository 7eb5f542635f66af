package io.streams.tls;

import io.streams.transport.Transport;
import io.streams.transport.TransportState;

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

	/** Its user closed it; the bytes that were written before are encrypted. */
	FLUSHING,

	/** {@code close_notify} was sent; the transport below flushes and closes. */
	SHUTDOWN,

	/** The connection has ended. */
	CLOSED;

	boolean canMoveTo(TlsState next) {
		return next.ordinal() == ordinal() + 1 || next == CLOSED && this != CLOSED
				|| next == SHUTDOWN && this.ordinal() < SHUTDOWN.ordinal();
	}

	/** Returns the state of the transport above. */
	TransportState asTransportState(Transport lower) {
		return switch (this) {
			case UNWRAPPED -> TransportState.OPEN;
			case HANDSHAKE, OPEN -> lower.state();
			case FLUSHING -> TransportState.CLOSING;
			case SHUTDOWN -> (lower.state() == TransportState.OPEN) ? TransportState.CLOSING : lower.state();
			case CLOSED -> TransportState.CLOSED;
		};
	}

}
