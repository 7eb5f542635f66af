package io.streams.loop;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;

/**
 * Says what a failure is. The messages of some of the JDK's exceptions are only the path
 * of a file, and others have no message: their reason is in the type.
 */
final class FailureText {

	private FailureText() {
	}

	/**
	 * Returns the reason of a failure in words.
	 * @param failure the failure
	 * @return its message, with the reason of its type where the message has none
	 */
	static String of(Throwable failure) {
		String message = failure.getMessage();
		if (failure instanceof FileSystemException file && file.getReason() == null) {
			return reason(file) + ": " + message;
		}
		if (message != null) {
			return message;
		}
		return switch (failure) {
			case UnresolvedAddressException unresolved -> "unknown host";
			case UnsupportedAddressTypeException unsupported -> "this kind of socket cannot have such an address";
			default -> failure.getClass().getSimpleName();
		};
	}

	/**
	 * Returns the reason of a failure to bind an address or to connect to it, and what to
	 * do if the system's words do not say it.
	 * @param failure the failure
	 * @param address the address
	 * @return the text
	 */
	static String of(Throwable failure, SocketAddress address) {
		String text = of(failure);
		boolean zoneMissing = SocketErrorException.errorOf(failure) == SocketError.INVALID_ARGUMENT
				&& address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address inet6
				&& inet6.isLinkLocalAddress() && inet6.getScopeId() == 0;
		return zoneMissing ? text + ": add the zone to the link-local address, as in fe80::1%eth0" : text;
	}

	private static String reason(FileSystemException failure) {
		return switch (failure) {
			case AccessDeniedException denied -> "permission denied";
			case NoSuchFileException missing -> "no such file or directory";
			case FileAlreadyExistsException existing -> "the file exists";
			case NotDirectoryException file -> "not a directory";
			default -> failure.getClass().getSimpleName();
		};
	}

}
