package io.streams.flow;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes a busy thread yield its carrier now and then. Virtual threads are not preempted:
 * a thread that never waits would starve the others. One of these serves all handlers of
 * an event loop.
 * <p>
 * Mostly such a thread yields, which costs little, and lets those run that wait for the
 * same carrier. Virtual threads that are started or woken from elsewhere wait in other
 * queues of the scheduler; for these it parks for a moment every few milliseconds.
 * <p>
 * A carrier looks at another queue only when the one that it takes threads from is empty.
 * Many busy threads that park and come back would keep theirs filled, so they park one at
 * a time: the others wait for {@link #PARKING}, which is in no queue of the scheduler.
 * <p>
 * For use by any thread. When a thread last parked is a hint: an update that is lost has
 * two park where one would do.
 */
public final class CarrierShare {

	/** How long a carrier may be kept from those that wait elsewhere. */
	private static final long MAX_BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	/**
	 * Held by the virtual thread that parks. No platform thread takes it: the holder may
	 * have to wait for a carrier.
	 */
	private static final ReentrantLock PARKING = new ReentrantLock(true);

	private long lastParked = System.nanoTime();

	/** Lets others run, and comes back soon. */
	public void letOthersRun() {
		if (System.nanoTime() - this.lastParked < MAX_BUSY_NANOS || !Thread.currentThread().isVirtual()) {
			Thread.yield();
		}
		else {
			park();
			this.lastParked = System.nanoTime();
		}
	}

	private void park() {
		PARKING.lock();
		try {
			LockSupport.parkNanos(this, 1);
		}
		finally {
			PARKING.unlock();
		}
	}

}
