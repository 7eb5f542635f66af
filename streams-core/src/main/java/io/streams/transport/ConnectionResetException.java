package io.streams.transport;

import org.jspecify.annotations.Nullable;

/**
 * The peer reset the connection: it crashed, aborted, or closed over unread bytes. What
 * was received before can still be read; what was written last may not have arrived.
 * <p>
 * asyncio counterpart: {@code ConnectionResetError} and {@code BrokenPipeError}.
 *
 * @since 0.1
 */
public class ConnectionResetException extends ConnectionLostException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message the reason
	 * @param cause the exception of the socket, or {@code null}
	 */
	public ConnectionResetException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
