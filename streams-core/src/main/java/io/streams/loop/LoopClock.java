package io.streams.loop;

import java.util.concurrent.TimeUnit;

/**
 * An event loop's figures. Written by the loop alone, read by any thread; a reader may
 * see a figure of a moment ago.
 */
final class LoopClock {

	private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);

	/** The lag of the window before the present one. */
	private volatile long lastWindowLag;

	/** The worst lag of the present window. */
	private volatile long lag;

	private volatile long turns;

	private volatile long idleWakeups;

	private volatile int connections;

	private volatile long windowBegan = System.nanoTime();

	/** When the present turn began, or 0 while the loop sleeps. Event loop only. */
	private long turnBegan;

	/** When the work of the present turn began, or 0. */
	private volatile long workBegan;

	/**
	 * A turn begins. What the one before took, with the handlers that it let run, is how
	 * late this one is.
	 */
	void turnBegan(long now) {
		if (this.turnBegan != 0) {
			noteLag(now, now - this.turnBegan);
		}
		this.turnBegan = now;
		this.turns = this.turns + 1;
	}

	/** The loop goes to sleep. */
	void turnEnded(long now) {
		noteLag(now, now - this.turnBegan);
		this.turnBegan = 0;
	}

	void workBegan(long now) {
		this.workBegan = now;
	}

	void workEnded() {
		this.workBegan = 0;
	}

	long busyNanos() {
		long began = this.workBegan;
		return (began != 0) ? System.nanoTime() - began : 0;
	}

	private void noteLag(long now, long nanos) {
		if (now - this.windowBegan >= WINDOW) {
			this.lastWindowLag = this.lag;
			this.lag = 0;
			this.windowBegan = now;
		}
		if (nanos > this.lag) {
			this.lag = nanos;
		}
	}

	void wokeIdle() {
		this.idleWakeups = this.idleWakeups + 1;
	}

	void connectionOpened() {
		this.connections = this.connections + 1;
	}

	void connectionClosed() {
		this.connections = this.connections - 1;
	}

	long lagNanos() {
		long age = System.nanoTime() - this.windowBegan;
		if (age >= 2 * WINDOW) {
			return 0;
		}
		return (age >= WINDOW) ? this.lag : Math.max(this.lag, this.lastWindowLag);
	}

	long turns() {
		return this.turns;
	}

	long idleWakeups() {
		return this.idleWakeups;
	}

	int connections() {
		return this.connections;
	}

}
