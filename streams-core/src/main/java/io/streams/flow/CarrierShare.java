package io.streams.flow;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How threads that never have to wait leave their carriers to others, which nothing else
 * would make them do: virtual threads are not preempted. One of these serves all handlers
 * of an event loop.
 * <p>
 * Mostly such a thread yields, which costs little, and lets those run that wait for the
 * same carrier. Virtual threads that are started or woken from elsewhere wait in the
 * scheduler's queue behind them, for ever if need be; for these it parks for a moment
 * every few milliseconds.
 * <p>
 * For use by any thread. When somebody last parked is a hint: an update that is lost has
 * two park where one would do.
 */
public final class CarrierShare {

	/** How long a carrier may be kept from those that wait elsewhere. */
	private static final long MAX_BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private long lastParked = System.nanoTime();

	/** Lets others run, and comes back soon. */
	public void letOthersRun() {
		if (System.nanoTime() - this.lastParked < MAX_BUSY_NANOS) {
			Thread.yield();
		}
		else {
			LockSupport.parkNanos(this, 1);
			this.lastParked = System.nanoTime();
		}
	}

}
