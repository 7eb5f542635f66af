package io.streams.transport;

import org.jspecify.annotations.Nullable;

/**
 * The local side closed or aborted the connection. A read that still waits fails with
 * this exception, because the peer may have had more to send: an end of input is always
 * the peer's. {@code drain} fails with it for bytes that were written too late to be
 * sent.
 * <p>
 * asyncio has no counterpart: there, a local close looks like the peer's end of stream.
 */
public class ConnectionClosedException extends ConnectionLostException {

	private static final long serialVersionUID = 1L;

	public ConnectionClosedException(String message) {
		super(message);
	}

	public ConnectionClosedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
