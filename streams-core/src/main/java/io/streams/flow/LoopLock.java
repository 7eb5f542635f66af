package io.streams.flow;

import java.io.Serial;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that event loops share with handlers.
 * <p>
 * A loop that is the carrier of its handlers must not just wait for a lock: a handler
 * that only this loop runs may hold it, or may be the next in its queue. Then neither
 * would go on. So such a loop runs its handlers while it waits. All other threads wait as
 * for any {@link ReentrantLock}.
 *
 * @since 0.1
 */
public final class LoopLock extends ReentrantLock {

	@Serial
	private static final long serialVersionUID = 1L;

	private static final long MIN_WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

	private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/**
	 * Creates an unfair lock that no thread holds.
	 */
	public LoopLock() {
	}

	@Override
	public void lock() {
		if (tryLock()) {
			return;
		}
		if (CurrentLoop.executor() instanceof HandlerCarrier carrier && carrier.carriesHandlers()) {
			lockOnCarrier(carrier);
		}
		else {
			super.lock();
		}
	}

	private void lockOnCarrier(HandlerCarrier carrier) {
		boolean interrupted = false;
		long wait = MIN_WAIT_NANOS;
		while (true) {
			try {
				if (tryLock(wait, TimeUnit.NANOSECONDS)) {
					break;
				}
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
			carrier.runHandlers();
			wait = Math.min(2 * wait, MAX_WAIT_NANOS);
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
