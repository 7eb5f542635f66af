package io.streams.memory;

import java.util.concurrent.locks.ReentrantLock;

import io.streams.buffer.SegmentQueue;
import io.streams.flow.LoopLock;
import io.streams.flow.PauseGate;
import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.TransportSettings;
import io.streams.transport.WriteBufferOverflowException;

/**
 * One direction of an in-memory connection: what its writer has written and its reader
 * has not taken. Shared by both ends; everything in it is guarded by {@link #lock}.
 *
 * <pre>
 *   OPEN ──end──▶ ENDED
 *     └─────────────┴──abandon, break off──▶ BROKEN
 * </pre>
 */
final class Pipe {

	enum State {

		OPEN, ENDED, BROKEN

	}

	final ReentrantLock lock = new LoopLock();

	private final SegmentQueue queue = new SegmentQueue();

	private final PauseGate gate;

	private final long cap;

	private State state = State.OPEN;

	/** Bytes at the front that were flushed: over a socket they would be on the wire. */
	private long flushed;

	/**
	 * Create a pipe.
	 * @param settings how its writer treats the connection
	 */
	Pipe(TransportSettings settings) {
		this.gate = new PauseGate(settings.waterMarks());
		this.cap = settings.maxWriteBuffer();
	}

	void append(byte[] data, int offset, int length) throws WriteBufferOverflowException {
		if (this.cap > 0 && this.queue.size() + length > this.cap) {
			throw new WriteBufferOverflowException(this.queue.size() + length, this.cap);
		}
		this.queue.append(data, offset, length);
	}

	byte[] take(long max) {
		byte[] taken = this.queue.take((int) Math.min(max, this.queue.size()));
		this.flushed = Math.max(0, this.flushed - taken.length);
		return taken;
	}

	void flush() {
		this.flushed = this.queue.size();
	}

	/** Drops what is in it. */
	void clear() {
		this.queue.clear();
		this.flushed = 0;
	}

	/** Drops what was not flushed. */
	void dropUnflushed() {
		byte[] kept = take(this.flushed);
		clear();
		this.queue.append(kept, 0, kept.length);
		flush();
	}

	void end() {
		if (this.state == State.OPEN) {
			this.state = State.ENDED;
		}
	}

	/** Its writer is gone; what it flushed can still be taken. */
	void abandon() {
		this.state = State.BROKEN;
		dropUnflushed();
	}

	/** Its reader is gone. */
	void breakOff() {
		this.state = State.BROKEN;
		clear();
	}

	State state() {
		return this.state;
	}

	/** Whether its writer ended it and its reader has taken all. */
	boolean isAtEnd() {
		return this.state == State.ENDED && this.queue.isEmpty();
	}

	long size() {
		return this.queue.size();
	}

	boolean isEmpty() {
		return this.queue.isEmpty();
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
