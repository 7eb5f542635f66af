package io.streams.loop;

import java.io.Serial;

/**
 * Ends a thread that came back to an event loop, because another thread runs the loop.
 */
final class LoopTakenException extends RuntimeException {

	static final LoopTakenException INSTANCE = new LoopTakenException();

	@Serial
	private static final long serialVersionUID = 1L;

	private LoopTakenException() {
		super("another thread runs the event loop", null, false, false);
	}

}
