package io.streams.flow;

/**
 * An event loop that may run its handlers' virtual threads on its own thread. Only the
 * loop's own thread calls it.
 *
 * @since 0.1
 */
public interface HandlerCarrier {

	/**
	 * Returns whether this loop runs handlers.
	 * @return {@code false} if all handlers run on other threads
	 */
	boolean carriesHandlers();

	/**
	 * Runs each handler that can go on, to where it waits again. The caller may be
	 * anywhere in the loop's work, and may hold locks.
	 */
	void runHandlers();

}
