package io.streams;

import java.time.Duration;

/**
 * Receives what happens to the input of a connection, and shares the time that its
 * handler runs. One {@link ReadSide} calls it.
 */
interface InputListener {

	/**
	 * The peer is no longer read, because too much is buffered. Called with the reader's
	 * lock held.
	 */
	void readingPaused();

	/**
	 * The peer is read again. Called with the reader's lock held.
	 * @param paused how long it was not read
	 */
	void readingResumed(Duration paused);

	/** A second read would have to wait while one waits, and is refused. Any thread. */
	void secondReadRefused();

	/** A read begins to wait, so that the handler leaves its carrier to others. */
	void noteWait();

	/**
	 * Returns whether the calling thread is the handler's and has to yield: it has run
	 * for too long without a wait.
	 */
	boolean isTurnOver();

	/** The handler has yielded, and goes on. */
	void noteYield();

}
