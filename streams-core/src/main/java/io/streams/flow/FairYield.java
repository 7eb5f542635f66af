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
 *
 * @since 0.1
 */
public final class FairYield {

	/** How long a carrier may be kept from those that wait elsewhere. */
	private static final long MAX_BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/** A thread that was away for longer waited for too many others. */
	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

	/** A thread that was away for less waited for few. */
	private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final int MAX_HALVINGS = 6;

	/**
	 * Held by the virtual thread that parks. No platform thread takes it: the holder may
	 * have to wait for a carrier.
	 */
	private static final ReentrantLock PARKING = new ReentrantLock(true);

	/**
	 * How often the turn of a thread is halved, because many wait for a carrier. A hint,
	 * for all threads of the process.
	 */
	private static int halvings;

	private long lastParked = System.nanoTime();

	/**
	 * Creates the state of one thread, as if it had just parked.
	 */
	public FairYield() {
	}

	/**
	 * Returns how much of a turn a thread may take while many threads wait for a carrier:
	 * the more of them, the shorter the turn of each.
	 * @param turn the time or the bytes of a thread among few
	 * @return the time or the bytes now, at least 1/{@code 64} of it
	 */
	public static int turn(int turn) {
		return turn >> halvings;
	}

	/** Lets others run, and comes back soon. */
	public void yieldFairly() {
		if (!Thread.currentThread().isVirtual()) {
			Thread.yield();
			return;
		}
		long began = System.nanoTime();
		if (began - this.lastParked < MAX_BUSY_NANOS) {
			Thread.yield();
			noteAbsence(System.nanoTime() - began);
		}
		else {
			park();
			this.lastParked = System.nanoTime();
		}
	}

	/** A thread that comes back late waited for many others. */
	private static void noteAbsence(long nanos) {
		int now = halvings;
		if (nanos > LATE_NANOS && now < MAX_HALVINGS) {
			halvings = now + 1;
		}
		else if (nanos < SOON_NANOS && now > 0) {
			halvings = now - 1;
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
