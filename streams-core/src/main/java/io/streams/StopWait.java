package io.streams;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.streams.transport.Deadline;
import io.streams.transport.Transport;

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

	private final PendingReadOwner owner;

	private final long quietNanos;

	/** When the quiet period last began. */
	private long quietSince;

	/** No read may wait any more, unless bytes arrive. */
	private boolean over;

	/** No read may wait any more, whatever arrives. */
	private boolean graceOver;

	/** Whether a look at the quiet period is planned. */
	private boolean planned;

	StopWait(PendingReadOwner owner, Duration quietPeriod, long now) {
		this.owner = owner;
		this.quietNanos = Deadline.nanos(quietPeriod);
		this.quietSince = now;
	}

	void bytesArrived(long now) {
		this.quietSince = now;
		this.over = false;
	}

	/**
	 * A read begins to wait. The event loop answers a wait for the first byte of a
	 * message after a look at the system's buffer: reading may have been paused until
	 * now.
	 */
	void readWaits(ReadRequest<?> request, long now) {
		this.quietSince = now;
		planLook(now);
		Transport transport = this.owner.transport();
		if (transport != null && request.whenStopping() != null) {
			transport.loop().execute(() -> answer(this.owner));
		}
	}

	/**
	 * Plans a look at the quiet period for when it may be over. Call while a read waits.
	 */
	void planLook(long now) {
		Transport transport = this.owner.transport();
		if (transport != null && !this.planned) {
			this.planned = true;
			transport.loop().executeLater(Duration.ofNanos(Math.max(0, remaining(now))), () -> look(transport));
		}
	}

	/** Ends the read that waits if the quiet period is over. Event loop only. */
	private void look(Transport transport) {
		// After a stall of the process there may be bytes that the loop has not read.
		transport.lookForInput();
		this.owner.settle((read, input) -> {
			this.planned = false;
			long now = System.nanoTime();
			if (read == null) {
				return false;
			}
			if (isOver(now)) {
				return end(read, input);
			}
			planLook(now);
			return false;
		});
	}

	/**
	 * Answers a wait for the first byte of a message, after a look for input. Event loop
	 * only.
	 */
	static void answer(PendingReadOwner owner) {
		Transport transport = owner.transport();
		if (transport != null) {
			transport.lookForInput();
		}
		owner.settle((read, input) -> read != null && read.answerWhenStopping());
	}

	/** Ends a read that may not wait any more. */
	boolean end(PendingRead<?> read, InputBuffer input) {
		return read.end(exception(read.request().method()), input);
	}

	/** Ends the wait if the peer was silent for the quiet period. */
	private boolean isOver(long now) {
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
	private long remaining(long now) {
		return this.quietNanos - (now - this.quietSince);
	}

	ServerStoppingException exception(String method) {
		String why = this.graceOver ? "the grace period is over"
				: "the peer sent nothing for " + TimeUnit.NANOSECONDS.toMillis(this.quietNanos) + " ms";
		return new ServerStoppingException(
				"The server stops, and " + why + ": " + method + " was ended; what is buffered was kept");
	}

}
