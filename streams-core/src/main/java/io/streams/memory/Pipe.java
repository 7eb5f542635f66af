package io.streams.memory;

import java.util.concurrent.locks.ReentrantLock;

import io.streams.buffer.SegmentQueue;
import io.streams.flow.PauseGate;
import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;

/**
 * One direction of an in-memory connection: what its writer has written and its reader
 * has not taken. Shared by both ends; everything in it is guarded by {@link #lock}.
 *
 * <pre>
 *   OPEN ──end──▶ ENDED
 *     └──break────▶ BROKEN (what was in it is gone)
 * </pre>
 */
final class Pipe {

	enum State {

		OPEN, ENDED, BROKEN

	}

	final ReentrantLock lock = new ReentrantLock();

	private final SegmentQueue queue = new SegmentQueue();

	private final PauseGate gate = new PauseGate(WaterMarks.DEFAULT);

	private State state = State.OPEN;

	void append(byte[] data, int offset, int length) {
		this.queue.append(data, offset, length);
	}

	byte[] take(int max) {
		return this.queue.take((int) Math.min(max, this.queue.size()));
	}

	void end() {
		if (this.state == State.OPEN) {
			this.state = State.ENDED;
		}
	}

	void breakOff() {
		this.state = State.BROKEN;
		this.queue.clear();
	}

	State state() {
		return this.state;
	}

	long size() {
		return this.queue.size();
	}

	boolean pausesNow() {
		return this.gate.pauseAbove(this.queue.size(), System.nanoTime());
	}

	boolean resumesNow() {
		return this.gate.resumeAtOrBelow(this.queue.size(), System.nanoTime());
	}

	WaterMarks marks() {
		return this.gate.marks();
	}

	void setMarks(WaterMarks marks) {
		this.gate.setMarks(marks);
	}

	PauseTimes pauseTimes() {
		return this.gate.times(System.nanoTime());
	}

}
