package io.streams.loop;

import io.streams.socket.SocketSystem;

/**
 * The times of one event loop: the loop measures itself by the system's clock, and keeps
 * deadlines by the other one. They differ only where the {@link SocketSystem} has a clock
 * of its own. Event loop only, except {@link #nanoTime()}.
 */
final class LoopTime {

	private final SocketSystem system;

	/** When the present iteration began, by the system's clock. */
	private long began;

	/** The same moment by the clock of the deadlines. */
	private long now;

	LoopTime(SocketSystem system) {
		this.system = system;
		read();
	}

	/** Reads both clocks. */
	void read() {
		this.began = System.nanoTime();
		this.now = this.system.timeAt(this.began);
	}

	/** When the present iteration began, by the system's clock. */
	long began() {
		return this.began;
	}

	/** When the present iteration began, by the clock of the deadlines. */
	long now() {
		return this.now;
	}

	/** Returns the time of the deadlines. Any thread. */
	long nanoTime() {
		return this.system.timeAt(System.nanoTime());
	}

}
