package io.streams.socket;

/**
 * Whose socket it is. Called on the event loop.
 */
public interface ReadyHandler {

	/**
	 * The socket is ready.
	 * @param operations for what: an or of {@link PolledSocket#READ} and its like
	 */
	void ready(int operations);

	/** The loop ends: close at once. */
	void loopClosed();

}
