package io.streams.loop;

import java.io.IOException;
import java.util.Locale;

import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;

import org.jspecify.annotations.Nullable;

/**
 * Gives the system's errors their type. Java tells them apart by their text only.
 */
final class IoFailures {

	private IoFailures() {
	}

	static IOException typed(IOException failure) {
		if (failure instanceof ConnectionLostException) {
			return failure;
		}
		String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
		if (message.contains("reset") || message.contains("broken pipe")) {
			return reset(failure);
		}
		return new ConnectionLostException("Connection lost: " + failure.getMessage(), failure);
	}

	static ConnectionResetException reset(@Nullable IOException cause) {
		return new ConnectionResetException("Connection reset by peer", cause);
	}

}
