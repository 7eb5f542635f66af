package io.streams.transport;

import org.jspecify.annotations.Nullable;

/**
 * The local side closed or aborted the connection. A read that still waits fails with
 * this exception, because the peer may have had more to send: an end of input is always
 * the peer's. {@code drain} fails with it for bytes that were written too late to be
 * sent.
 * <p>
 * asyncio has no counterpart: there, a local close looks like the peer's end of stream.
 *
 * @since 0.1
 */
public class ConnectionClosedException extends ConnectionLostException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message what the close has ended
	 */
	public ConnectionClosedException(String message) {
		super(message);
	}

	/**
	 * Creates an exception.
	 * @param message what the close has ended
	 * @param cause the reason, or {@code null}
	 */
	public ConnectionClosedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
