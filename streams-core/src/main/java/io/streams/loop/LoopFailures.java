package io.streams.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an event loop alive through failures: logs what it caught, and backs off where
 * iterations fail one after the other. A failure that repeats neither takes a processor
 * nor fills the log.
 */
final class LoopFailures {

	private static final Logger logger = LoggerFactory.getLogger(EventLoop.class);

	/**
	 * How long a loop waits after a failed iteration; twice as long after the next one.
	 */
	private static final long MIN_BACK_OFF = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long MAX_BACK_OFF = TimeUnit.SECONDS.toNanos(1);

	private final String name;

	private final LoopThread thread;

	/** Event loop only: how long to wait after the next failure. */
	private long backOff = MIN_BACK_OFF;

	LoopFailures(String name, LoopThread thread) {
		this.name = name;
		this.thread = thread;
	}

	/**
	 * Logs an exception after which the loop continues. Releases the memory reserve if
	 * the heap is exhausted. Any thread.
	 */
	void survive(Throwable ex) {
		if (ex instanceof OutOfMemoryError) {
			MemoryReserve.release();
		}
		try {
			logger.error("Uncaught exception in event loop {}; continuing", this.name, ex);
		}
		catch (Throwable unlogged) {
			// Neither a full log nor exhausted memory may end the loop.
		}
	}

	/** Waits after a failed iteration. Event loop only. */
	void backOff() {
		try {
			Thread.interrupted();
			this.thread.pause();
			LockSupport.parkNanos(this, this.backOff);
		}
		catch (Throwable ex) {
			// To park a virtual thread takes memory. The loop goes on at once then.
			MemoryReserve.release();
		}
		this.thread.resume();
		this.backOff = Math.min(2 * this.backOff, MAX_BACK_OFF);
	}

	/** Notes an iteration that did not fail. Event loop only. */
	void iterationSucceeded() {
		this.backOff = MIN_BACK_OFF;
	}

}
