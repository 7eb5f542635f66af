package io.streams.transport;

import org.jspecify.annotations.Nullable;

/**
 * The peer reset the connection: it crashed, aborted, or closed over unread bytes. What
 * was received before can still be read; what was written last may not have arrived.
 * <p>
 * asyncio counterpart: {@code ConnectionResetError} and {@code BrokenPipeError}.
 */
public class ConnectionResetException extends ConnectionLostException {

	private static final long serialVersionUID = 1L;

	public ConnectionResetException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
