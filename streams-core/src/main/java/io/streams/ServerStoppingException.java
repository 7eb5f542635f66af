package io.streams;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The server stops, and ended a read whose peer was silent for the quiet period, or whose
 * grace period is over. The peer has not ended its side: received bytes may be a part of
 * a message. They stay in the reader's buffer, and the writer can still send.
 * <p>
 * A handler need not catch it: the handler ends with the outcome
 * {@link HandlerOutcome#STOPPED}, and nothing is logged.
 * <p>
 * asyncio has no counterpart: it cancels the handler's task.
 *
 * @since 0.1
 */
public class ServerStoppingException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message what the stop has ended
	 */
	public ServerStoppingException(String message) {
		super(message);
	}

	/**
	 * Creates an exception.
	 * @param message what the stop has ended
	 * @param cause the reason, or {@code null}
	 */
	public ServerStoppingException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
