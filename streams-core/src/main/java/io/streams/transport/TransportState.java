package io.streams.transport;

/**
 * The life of a transport.
 *
 * <pre>
 *   OPEN ──close──▶ CLOSING ──flushed──▶ LINGERING ──peer's FIN, or bound──▶ CLOSED
 *     │                │                     │                                 ▲
 *     └────────────────┴──abort, reset, deadline──────────────────────────────┘
 * </pre>
 *
 * @since 0.1
 */
public enum TransportState {

	/** Reads and writes. */
	OPEN,

	/** Closed by its user; what was written before is still being sent. */
	CLOSING,

	/**
	 * Everything was sent and the own side is shut; what still arrives is read and
	 * dropped for a bounded time, because closing over unread bytes makes the system send
	 * a reset, and a reset can destroy the last reply on its way.
	 */
	LINGERING,

	/** Gone. */
	CLOSED;

	/**
	 * Whether this move is legal.
	 * @param next the state to move to
	 * @return {@code true} if it lies ahead; no move goes back
	 */
	public boolean canMoveTo(TransportState next) {
		return next.ordinal() > ordinal();
	}

}
