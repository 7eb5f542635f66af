package io.streams.nio;

import java.io.IOException;
import java.net.SocketException;
import java.util.Locale;

import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;

/**
 * Translates the exceptions of the JDK's channels to {@link SocketErrorException}s. This
 * is the only class that looks at the text of an exception: the JDK drops the system's
 * error number, and has one type for several errors.
 * <p>
 * The texts are those of the C library in English. On a system in another language an
 * error counts as {@link SocketError#OTHER}; {@code streams-epoll} has no such limit.
 */
final class NioErrors {

	private NioErrors() {
	}

	/**
	 * Gives an exception its type.
	 * @param failure what a channel threw
	 * @return a {@link SocketErrorException} with the same text, or the exception itself
	 * if the system's reason is of no interest
	 */
	static IOException typed(IOException failure) {
		SocketError error = errorOf(failure);
		return (error != SocketError.OTHER)
				? new SocketErrorException(error, String.valueOf(failure.getMessage()), failure) : failure;
	}

	private static SocketError errorOf(IOException failure) {
		String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
		if (text.contains("reset") || text.contains("broken pipe")) {
			// A plain IOException, where a write failed.
			return SocketError.CONNECTION_RESET;
		}
		return (failure instanceof SocketException) ? errorOf(text) : SocketError.OTHER;
	}

	private static SocketError errorOf(String text) {
		if (text.contains("refused")) {
			return SocketError.CONNECTION_REFUSED;
		}
		if (text.contains("already in use")) {
			return SocketError.ADDRESS_IN_USE;
		}
		if (text.contains("assign requested address")) {
			return SocketError.ADDRESS_NOT_AVAILABLE;
		}
		if (text.contains("family not supported")) {
			return SocketError.FAMILY_NOT_SUPPORTED;
		}
		if (text.contains("permission denied") || text.contains("not permitted")) {
			return SocketError.PERMISSION_DENIED;
		}
		if (text.contains("no such file")) {
			return SocketError.NO_SUCH_FILE;
		}
		if (text.contains("temporarily unavailable")) {
			return SocketError.TEMPORARILY_UNAVAILABLE;
		}
		return text.contains("invalid argument") ? SocketError.INVALID_ARGUMENT : SocketError.OTHER;
	}

}
