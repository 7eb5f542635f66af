package io.streams.transport;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The event loop of a transport. Every method may be called from any thread, and none
 * blocks.
 * <p>
 * A loop is an {@link Executor}: it runs its tasks in order, one after the other, as
 * {@code loop.call_soon} does. A task must not block.
 * <p>
 * asyncio counterpart: {@code asyncio.AbstractEventLoop}, as far as a protocol needs it.
 *
 * @since 0.1
 */
public interface TransportLoop extends Executor {

	/**
	 * Runs a task on the event loop after a delay, as {@code loop.call_later} does.
	 * @param delay the delay, 0 or more
	 * @param task the task, which must not block
	 * @return cancels the task
	 */
	Cancellable executeLater(Duration delay, Runnable task);

	/**
	 * Returns the time that {@link #executeLater} follows, as {@code loop.time} does.
	 * @return nanoseconds, as {@link System#nanoTime()}, which it is by default
	 */
	default long nanoTime() {
		return System.nanoTime();
	}

	/**
	 * Whether the calling thread is an event loop: it must not block.
	 * @return {@code true} on this loop or a sibling of it
	 */
	boolean inEventLoop();

	/**
	 * Makes a thread for a connection's handler. A loop may run it on its own thread,
	 * where the connection's bytes arrive.
	 * @param name the thread's name
	 * @param task the handler's work
	 * @return a virtual thread, not started
	 */
	default Thread newHandlerThread(String name, Runnable task) {
		return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(task);
	}

	/**
	 * Lets other threads run. For a handler that never has to wait: virtual threads are
	 * not preempted.
	 */
	default void yieldFairly() {
		Thread.yield();
	}

	/** Cancels a task; idempotent, from any thread. */
	@FunctionalInterface
	interface Cancellable {

		/** Prevents the task from running, unless it runs already, and releases it. */
		void cancel();

	}

}
