package io.streams;

import java.time.Duration;

import io.streams.transport.Deadline;
import io.streams.transport.Transport;
import io.streams.transport.TransportLoop.Cancellable;

import org.jspecify.annotations.Nullable;

/**
 * How long a reader's peer may keep silent while a read waits, and since when it does.
 * Owned by one {@link ReadSide}, whose lock guards all but the bound, which any thread
 * may change.
 */
final class ReadTimeout {

	/** {@code null} for no bound. */
	private volatile @Nullable Duration longest;

	/** When bytes came last, or a read began to wait. */
	private long since = System.nanoTime();

	/** Looks at the asynchronous reads: one serves all, one after the other. */
	private @Nullable Cancellable timer;

	/** When it does. */
	private long timerAt;

	ReadTimeout(Duration longest) {
		this.longest = longest;
	}

	@Nullable Duration longest() {
		return this.longest;
	}

	void setLongest(@Nullable Duration longest) {
		this.longest = longest;
	}

	/** Bytes came, or a read begins to wait. */
	void beginAnew() {
		this.since = System.nanoTime();
	}

	/** Nanoseconds until a bound is exceeded; 0 or less if it is. */
	long remaining(Duration bound) {
		return this.since + Deadline.nanos(bound) - System.nanoTime();
	}

	/**
	 * Has its owner look when it will have been too long, unless it will by then: a timer
	 * that is early finds out, and is set anew.
	 */
	void watch(Transport transport, ReadSide owner) {
		Duration bound = this.longest;
		if (bound == null) {
			return;
		}
		long at = this.since + Deadline.nanos(bound);
		if (this.timer != null && this.timerAt - at <= 0) {
			return;
		}
		unwatch();
		this.timerAt = at;
		this.timer = transport.loop()
			.executeLater(Duration.ofNanos(Math.max(0, remaining(bound))), () -> owner.checkSilence(this));
	}

	/** The owner looks now. */
	void lookedAt() {
		this.timer = null;
	}

	/**
	 * Nobody has to look any more; the timer would hold on to all of a connection that is
	 * gone until its time.
	 */
	void unwatch() {
		Cancellable pending = this.timer;
		if (pending != null) {
			pending.cancel();
			this.timer = null;
		}
	}

}
