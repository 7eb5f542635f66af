package io.streams.socket;

import java.io.IOException;

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

	/**
	 * The system would not watch the socket for what was asked, and tells nothing of it.
	 * @param cause what the system said
	 */
	void notWatched(IOException cause);

}
