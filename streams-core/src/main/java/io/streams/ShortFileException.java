package io.streams;

import java.io.EOFException;

/**
 * A file is shorter than the range to send. A type of its own, so that it is not taken
 * for the peer's end of stream.
 */
final class ShortFileException extends EOFException {

	private static final long serialVersionUID = 1L;

	ShortFileException(String message) {
		super(message);
	}

}
