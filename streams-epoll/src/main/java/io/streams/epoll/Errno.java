package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;

import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;

import org.jspecify.annotations.Nullable;

/**
 * Translates the system's error numbers to exceptions. The text of an exception is the
 * system's, in the system's language; its type and cause are those of the JDK's channels.
 */
final class Errno {

	static final int EINTR = 4;

	static final int EAGAIN = 11;

	static final int EINPROGRESS = 115;

	static final int ECONNABORTED = 103;

	private static final int EPERM = 1;

	private static final int ENOENT = 2;

	private static final int EACCES = 13;

	private static final int EINVAL = 22;

	private static final int EPIPE = 32;

	private static final int ECONNRESET = 104;

	private static final int EPROTO = 71;

	private static final int EAFNOSUPPORT = 97;

	private static final int EADDRINUSE = 98;

	private static final int EADDRNOTAVAIL = 99;

	private static final int ENOTCONN = 107;

	private static final int ETIMEDOUT = 110;

	private static final int ECONNREFUSED = 111;

	private static final int EHOSTUNREACH = 113;

	private static final long MAX_TEXT_BYTES = 256;

	private Errno() {
	}

	/** Whether it is only that nothing can be done now. */
	static boolean isForNow(int number) {
		return number == EAGAIN || number == EINTR;
	}

	/** Whether only the connection that was to be accepted is at fault, which is gone. */
	static boolean isOfThePeer(int number) {
		return number == ECONNABORTED || number == EPROTO || number == EINTR;
	}

	static IOException exception(int number) {
		String text = text(number);
		return switch (number) {
			case ETIMEDOUT, ENOTCONN -> new ConnectException(text);
			case EHOSTUNREACH -> new NoRouteToHostException(text);
			default -> new SocketErrorException(error(number), text, cause(number, text));
		};
	}

	static SocketError error(int number) {
		return switch (number) {
			case ECONNREFUSED -> SocketError.CONNECTION_REFUSED;
			case ECONNRESET, EPIPE -> SocketError.CONNECTION_RESET;
			case EADDRINUSE -> SocketError.ADDRESS_IN_USE;
			case EADDRNOTAVAIL -> SocketError.ADDRESS_NOT_AVAILABLE;
			case EAFNOSUPPORT -> SocketError.FAMILY_NOT_SUPPORTED;
			case EACCES, EPERM -> SocketError.PERMISSION_DENIED;
			case ENOENT -> SocketError.NO_SUCH_FILE;
			case EAGAIN -> SocketError.TEMPORARILY_UNAVAILABLE;
			case EINVAL -> SocketError.INVALID_ARGUMENT;
			default -> SocketError.OTHER;
		};
	}

	/** The exception that the JDK's channels throw, for callers who look for it. */
	private static @Nullable IOException cause(int number, String text) {
		return switch (number) {
			case ECONNREFUSED -> new ConnectException(text);
			case EADDRINUSE, EADDRNOTAVAIL, EACCES -> new BindException(text);
			default -> null;
		};
	}

	private static String text(int number) {
		try {
			MemorySegment text = (MemorySegment) Libc.STRERROR.invokeExact(number);
			return text.reinterpret(MAX_TEXT_BYTES).getString(0);
		}
		catch (Throwable ex) {
			throw Libc.impossible(ex);
		}
	}

}
