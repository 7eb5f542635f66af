package io.streams.socket;

import java.net.SocketException;

import org.jspecify.annotations.Nullable;

/**
 * The operating system refused a call on a socket. Callers tell the reasons apart by
 * {@link #error()}; the message is the system's text, in the system's language, and is
 * for people only.
 */
public final class SocketErrorException extends SocketException {

	private static final long serialVersionUID = 1L;

	private final SocketError error;

	/**
	 * Creates an exception.
	 * @param error the reason
	 * @param message the system's text
	 * @param cause the exception of the sockets below, or {@code null}
	 */
	public SocketErrorException(SocketError error, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.error = error;
	}

	/**
	 * Returns why the system refused the call.
	 * @return the reason
	 */
	public SocketError error() {
		return this.error;
	}

	/**
	 * Returns why the system refused a call.
	 * @param failure an exception of a socket
	 * @return the reason; {@link SocketError#OTHER} if the failure does not tell
	 */
	public static SocketError errorOf(Throwable failure) {
		return (failure instanceof SocketErrorException ex) ? ex.error : SocketError.OTHER;
	}

}
