package io.streams.spring.metrics;

import io.streams.BufferSnapshot;
import io.streams.ConnectionSnapshot;

/**
 * The two ways that bytes go, seen from the server.
 */
enum Direction {

	READ("read"), WRITE("write");

	private final String text;

	Direction(String text) {
		this.text = text;
	}

	/** The direction as a tag's value. */
	String text() {
		return this.text;
	}

	BufferSnapshot bufferOf(ConnectionSnapshot connection) {
		return switch (this) {
			case READ -> connection.reading();
			case WRITE -> connection.writing();
		};
	}

}
