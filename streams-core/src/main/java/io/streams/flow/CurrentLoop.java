package io.streams.flow;

import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * The event loop that the calling thread is. Work that goes on without ever waiting uses
 * it to let the other connections of the loop run.
 *
 * @since 0.1
 */
public final class CurrentLoop {

	private static final ThreadLocal<@Nullable Executor> LOOP = new ThreadLocal<>();

	private CurrentLoop() {
	}

	/**
	 * Marks the calling thread as an event loop, until the thread ends.
	 * @param loop runs tasks on the calling thread, after those that wait already
	 */
	public static void enter(Executor loop) {
		LOOP.set(loop);
	}

	/**
	 * Returns the event loop that the calling thread is.
	 * @return the loop, or {@code null} on every other thread
	 */
	public static @Nullable Executor executor() {
		return LOOP.get();
	}

}
