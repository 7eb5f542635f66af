package io.streams.nio;

/**
 * The attachment of a selection key. Called on the event loop.
 */
interface SelectionHandler {

	/**
	 * The channel is ready.
	 * @param operations the ready set of its key
	 */
	void ready(int operations);

	/** The loop ends: close at once. */
	void loopClosed();

}
