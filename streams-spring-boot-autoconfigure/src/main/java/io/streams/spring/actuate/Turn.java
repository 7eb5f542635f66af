package io.streams.spring.actuate;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one request work at a time. The others wait, in the order of their arrival.
 */
final class Turn {

	/** Longest time that a request waits. */
	static final Duration MAX_WAIT = Duration.ofSeconds(5);

	private final ReentrantLock lock = new ReentrantLock(true);

	private final Duration maxWait;

	Turn() {
		this(MAX_WAIT);
	}

	Turn(Duration maxWait) {
		this.maxWait = maxWait;
	}

	/**
	 * Does some work as soon as no other request does.
	 * @param work the work
	 * @return its result
	 * @throws BusyException if the request waited for too long
	 */
	<T> T take(Supplier<T> work) {
		await();
		try {
			return work.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void await() {
		try {
			if (this.lock.tryLock(this.maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		throw new BusyException("The endpoint is busy with other requests: ask again later, and less often");
	}

}
