package io.streams.loop;

/**
 * How the handlers run that a loop wakes: as virtual threads that share the carriers of
 * the process with all others, or carried by the loop's own thread.
 */
sealed interface LoopHandlers permits SharedHandlers, CarriedHandlers {

	/** A virtual thread for a handler, not started. Any thread. */
	Thread newThread(String name, Runnable task);

	/**
	 * Lets the loop and other handlers run before one goes on that never has to wait.
	 * Called by a handler.
	 */
	void yieldHandler();

	/** Whether the loop's own thread runs them. Any thread. */
	boolean areCarried();

	/** Whether none of them waits for the loop to run it. Event loop only. */
	boolean isEmpty();

	/** A turn of the loop begins. Event loop only. */
	void turnBegan();

	/** Lets those run that a batch of sockets has woken. Event loop only. */
	void batchEnded();

	/**
	 * Runs those that wait for the loop to run them. Event loop only.
	 * @return whether there were any
	 */
	boolean run();

	/**
	 * Lets those run that a turn with work has woken. Event loop only.
	 * @param now when the turn began
	 */
	void turnEnded(long now);

	/** The loop has slept. Event loop only. */
	void slept();

	/**
	 * Moves the woken handlers to other threads while the loop waits. Watchdog only.
	 */
	void rescue();

	/** The loop ends; handlers go on without it. Event loop only. */
	void end();

}
