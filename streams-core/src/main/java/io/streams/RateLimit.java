package io.streams;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;

/**
 * So many permits a second, and a count of what was refused in between: for reports that
 * a peer can bring about, which must not flood the log.
 */
final class RateLimit {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final ReentrantLock lock = new LoopLock();

	private final int permitsPerSecond;

	/** Guarded by {@link #lock}. */
	private long secondBegan;

	/** Guarded by {@link #lock}: permits given in the present second. */
	private int given;

	/** Guarded by {@link #lock}. */
	private long refused;

	RateLimit(int permitsPerSecond) {
		this.permitsPerSecond = permitsPerSecond;
		this.secondBegan = System.nanoTime() - SECOND;
	}

	/** What a report says of those that were left out before it. */
	static String leftOut(long refused) {
		return (refused > 0) ? " (" + refused + " more such reports left out)" : "";
	}

	/**
	 * Asks for a permit.
	 * @param now the monotonic clock in nanoseconds
	 * @return how many were refused since the last one given, or -1 if this one is
	 * refused
	 */
	long tryAcquire(long now) {
		this.lock.lock();
		try {
			if (now - this.secondBegan >= SECOND) {
				this.secondBegan = now;
				this.given = 0;
			}
			if (this.given == this.permitsPerSecond) {
				this.refused++;
				return -1;
			}
			this.given++;
			long before = this.refused;
			this.refused = 0;
			return before;
		}
		finally {
			this.lock.unlock();
		}
	}

}
