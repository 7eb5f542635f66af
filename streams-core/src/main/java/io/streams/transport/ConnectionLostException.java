package io.streams.transport;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * The connection is gone. Subtypes say how it went.
 * <p>
 * asyncio counterpart: {@code ConnectionError}; with the message "Connection lost", the
 * {@code ConnectionResetError} that {@code drain} raises.
 */
public class ConnectionLostException extends IOException {

	private static final long serialVersionUID = 1L;

	public ConnectionLostException(String message) {
		super(message);
	}

	public ConnectionLostException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
