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

	private long longestPauseNanos;

	BufferTotals(Direction direction) {
		this.direction = direction;
	}

	void add(ConnectionSnapshot connection) {
		BufferSnapshot buffer = this.direction.bufferOf(connection);
		this.paused += buffer.pauses().paused() ? 1 : 0;
		this.buffered += buffer.buffered();
		this.fullest = Math.max(this.fullest, buffer.buffered());
		this.longestPauseNanos = Math.max(this.longestPauseNanos, buffer.pauses().currentNanos());
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

	/** How long the longest pause has lasted that is not over. */
	long longestPauseNanos() {
		return this.longestPauseNanos;
	}

}
