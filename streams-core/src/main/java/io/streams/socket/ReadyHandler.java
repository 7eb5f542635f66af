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

	/**
	 * Whether the loop has put the socket off, which is ready to be written to and for
	 * nothing else.
	 * @return {@code false} if it always comes at once
	 */
	default boolean isPutOff() {
		return false;
	}

	/**
	 * Notes that the loop puts the socket off, or does so no longer.
	 * @param putOff whether it does
	 */
	default void setPutOff(boolean putOff) {
	}

	/**
	 * Whether the input is not wanted at present. The interest of the socket follows a
	 * moment later. Any thread.
	 * @return {@code false} if what comes is taken
	 */
	default boolean isReadingPaused() {
		return false;
	}

	/** The loop ends: close at once. */
	void loopClosed();

	/**
	 * The system would not watch the socket for what was asked, and tells nothing of it.
	 * @param cause what the system said
	 */
	void notWatched(IOException cause);

}
