package io.streams.loop;

import java.util.concurrent.TimeUnit;

/**
 * How long a listener pauses after a failed accept, and which failures it reports. Event
 * loop only.
 */
final class AcceptBackOff {

	private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** The shortest time between two reports. */
	private static final long REPORT_PERIOD = TimeUnit.SECONDS.toNanos(1);

	private long pause = MIN_NANOS;

	private long lastReport;

	AcceptBackOff(long now) {
		this.lastReport = now - REPORT_PERIOD;
	}

	/** The next pause, in nanoseconds. */
	long pause() {
		return this.pause;
	}

	/** An accept has failed: the pause after the next failure is twice as long. */
	void failed() {
		this.pause = Math.min(2 * this.pause, MAX_NANOS);
	}

	void succeeded() {
		this.pause = MIN_NANOS;
	}

	/** Returns whether to report a failure now, and counts on it. */
	boolean isReportDue(long now) {
		if (now - this.lastReport < REPORT_PERIOD) {
			return false;
		}
		this.lastReport = now;
		return true;
	}

}
