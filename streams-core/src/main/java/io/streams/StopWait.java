package io.streams;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.streams.transport.Deadline;

/**
 * Decides which reads of one reader may still wait while the server stops, and for how
 * long. Owned by one {@link ReadSide}, whose lock guards it.
 *
 * <pre>
 *   WAITING ──quiet period without a byte, or end of the grace period──▶ OVER
 *      ◀──────────────────────────bytes arrive──────────────────────────
 * </pre>
 *
 * A wait for the first byte of a message ends at once. Every other read may wait while
 * the peer is not silent for the quiet period, which starts again with each received byte
 * and with each read that begins to wait.
 */
final class StopWait {

	private final long quietNanos;

	/** When the quiet period last began. */
	private long quietSince;

	/** No read may wait any more, unless bytes arrive. */
	private boolean over;

	/** No read may wait any more, whatever arrives. */
	private boolean graceOver;

	/** Whether a look at the quiet period is planned. */
	private boolean planned;

	StopWait(Duration quietPeriod, long now) {
		this.quietNanos = Deadline.nanos(quietPeriod);
		this.quietSince = now;
	}

	void bytesArrived(long now) {
		this.quietSince = now;
		this.over = false;
	}

	void readWaits(long now) {
		this.quietSince = now;
	}

	/** Ends the wait if the peer was silent for the quiet period. */
	boolean isOver(long now) {
		this.over |= remaining(now) <= 0;
		return isOver();
	}

	boolean isOver() {
		return this.over || this.graceOver;
	}

	boolean isGraceOver() {
		return this.graceOver;
	}

	void endGrace() {
		this.graceOver = true;
	}

	/** Nanoseconds that the peer may still be silent. */
	long remaining(long now) {
		return this.quietNanos - (now - this.quietSince);
	}

	/** Whether the caller must plan a look at the quiet period: none is planned. */
	boolean plan() {
		boolean first = !this.planned;
		this.planned = true;
		return first;
	}

	void looked() {
		this.planned = false;
	}

	ServerStoppingException exception(String method) {
		String why = this.graceOver ? "the grace period is over"
				: "the peer sent nothing for " + TimeUnit.NANOSECONDS.toMillis(this.quietNanos) + " ms";
		return new ServerStoppingException(
				"The server stops, and " + why + ": " + method + " was ended; what is buffered was kept");
	}

}
