package io.streams.transport;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The connection is gone. Subtypes say how it went.
 * <p>
 * asyncio counterpart: {@code ConnectionError}; with the message "Connection lost", the
 * {@code ConnectionResetError} that {@code drain} raises.
 *
 * @since 0.1
 */
public class ConnectionLostException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message how the connection was lost
	 */
	public ConnectionLostException(String message) {
		super(message);
	}

	/**
	 * Creates an exception.
	 * @param message how the connection was lost
	 * @param cause the reason, or {@code null}
	 */
	public ConnectionLostException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
