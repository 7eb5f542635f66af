package io.streams.loop;

import java.util.concurrent.TimeUnit;

import io.streams.flow.CarrierWait;

/**
 * Whether a loop that could run does not, because other virtual threads hold all
 * carriers. The watchdog looks, and is the only one to write.
 */
final class LoopStarvation {

	/** Shorter waits happen on a busy machine. */
	private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

	/** For how long a starvation that is over counts as the loop's lag. */
	private static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(10);

	/**
	 * Watchdog only: the loop's turn at the last look, if the loop was ready; else -1.
	 */
	private long readyTurn = -1;

	/** Watchdog only: when the loop was first seen to be ready in that turn. */
	private long readySince;

	/** Since when the loop has been starved; 0 if it is not. */
	private volatile long starvedSince;

	/** How long the last starvation was that is over. */
	private volatile long lastNanos;

	/** When it was over. */
	private volatile long lastEnded;

	/**
	 * Looks at the loop. It is starved if each look for {@link #PATIENCE_NANOS} has found
	 * it ready and in the same turn. Watchdog only.
	 * @param thread runs the loop
	 * @param turns how many turns the loop has had
	 * @param working whether the loop is within its work
	 * @return whether this look is the first to find it starved
	 */
	boolean look(long now, Thread thread, long turns, boolean working) {
		boolean ready = !working && CarrierWait.isWaiting(thread);
		if (ready && turns == this.readyTurn) {
			boolean first = this.starvedSince == 0 && now - this.readySince >= PATIENCE_NANOS;
			if (first) {
				this.starvedSince = this.readySince;
			}
			return first;
		}
		if (this.starvedSince != 0) {
			this.lastNanos = now - this.starvedSince;
			this.lastEnded = now;
			this.starvedSince = 0;
		}
		this.readyTurn = ready ? turns : -1;
		this.readySince = now;
		return false;
	}

	/** Whether the last look found the loop starved. */
	boolean isStarved() {
		return this.starvedSince != 0;
	}

	/** How long the loop has been ready and does not run, or was in the past seconds. */
	long lagNanos(long now) {
		long since = this.starvedSince;
		if (since != 0) {
			return now - since;
		}
		long last = this.lastNanos;
		return (last != 0 && now - this.lastEnded < MEMORY_NANOS) ? last : 0;
	}

}
