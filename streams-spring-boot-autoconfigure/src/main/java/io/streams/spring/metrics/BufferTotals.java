package io.streams.spring.metrics;

import io.streams.BufferSnapshot;
import io.streams.ConnectionSnapshot;

/**
 * One direction of all connections together. Not safe for use by several threads until it
 * is published.
 */
final class BufferTotals {

	private final Direction direction;

	private int paused;

	private long buffered;

	private long fullest;

	BufferTotals(Direction direction) {
		this.direction = direction;
	}

	void add(ConnectionSnapshot connection) {
		BufferSnapshot buffer = this.direction.bufferOf(connection);
		this.paused += buffer.pauses().paused() ? 1 : 0;
		this.buffered += buffer.buffered();
		this.fullest = Math.max(this.fullest, buffer.buffered());
	}

	/** How many connections are paused. */
	int paused() {
		return this.paused;
	}

	/** Bytes in all buffers. */
	long buffered() {
		return this.buffered;
	}

	/** Bytes in the fullest buffer. */
	long fullest() {
		return this.fullest;
	}

}
