package io.streams.loop;

/**
 * The result of a flush by the event loop.
 */
enum FlushResult {

	/** There was nothing to send. */
	IDLE(false, false),

	/** All queued bytes were sent. */
	SENT(true, false),

	/** Bytes are queued, and the system takes none. */
	BLOCKED(false, true),

	/** Some queued bytes were sent; now the system takes no more. */
	SENT_AND_BLOCKED(true, true);

	private final boolean sent;

	private final boolean blocked;

	FlushResult(boolean sent, boolean blocked) {
		this.sent = sent;
		this.blocked = blocked;
	}

	static FlushResult of(boolean sent, boolean blocked) {
		if (sent) {
			return blocked ? SENT_AND_BLOCKED : SENT;
		}
		return blocked ? BLOCKED : IDLE;
	}

	/** Whether bytes were sent, or the end of the write side. */
	boolean hasSent() {
		return this.sent;
	}

	/** Whether queued bytes wait until the system has room. */
	boolean isBlocked() {
		return this.blocked;
	}

}
