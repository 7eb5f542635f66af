package io.streams.loop;

import java.io.IOException;

import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;

import org.jspecify.annotations.Nullable;

/**
 * Translates the system's errors to the exceptions of a connection that is lost.
 */
final class IoFailures {

	private IoFailures() {
	}

	static IOException typed(IOException failure) {
		if (failure instanceof ConnectionLostException) {
			return failure;
		}
		if (SocketErrorException.errorOf(failure) == SocketError.CONNECTION_RESET) {
			return reset(failure);
		}
		return new ConnectionLostException("Connection lost: " + failure.getMessage(), failure);
	}

	static ConnectionResetException reset(@Nullable IOException cause) {
		return new ConnectionResetException("Connection reset by peer", cause);
	}

}
