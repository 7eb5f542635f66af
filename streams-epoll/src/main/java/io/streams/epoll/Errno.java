package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;

import io.streams.transport.ConnectionResetException;

/**
 * The system's errors by their numbers, as the JDK's exceptions: the same types and words
 * as those of its channels, but for a reset, which has its own.
 */
final class Errno {

	static final int EINTR = 4;

	static final int EAGAIN = 11;

	static final int EINPROGRESS = 115;

	static final int ECONNABORTED = 103;

	private static final int EACCES = 13;

	private static final int EPIPE = 32;

	private static final int ECONNRESET = 104;

	private static final int EPROTO = 71;

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
			case ECONNREFUSED, ETIMEDOUT, ENOTCONN -> new ConnectException(text);
			case EHOSTUNREACH -> new NoRouteToHostException(text);
			case EADDRINUSE, EADDRNOTAVAIL, EACCES -> new BindException(text);
			// By the number: the text is in the language of the system.
			case ECONNRESET, EPIPE ->
				new ConnectionResetException("Connection reset by peer", new SocketException(text));
			default -> new SocketException(text);
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
