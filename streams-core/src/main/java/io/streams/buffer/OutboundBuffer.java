package io.streams.buffer;

import io.streams.flow.PauseGate;
import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;

/**
 * The bytes that were written to a connection and not yet sent, with the pause rule and
 * the cap of its write buffer. A superclass of the write sides of sockets and of TLS, so
 * that it costs a connection no object. Not safe for use by several threads: the lock of
 * the write side guards it.
 */
public abstract class OutboundBuffer {

	/** The call that the owner has to make on the protocol. */
	public enum PauseMove {

		/** Nothing. */
		NONE,

		/** To pause writing. */
		PAUSE,

		/** To resume writing. */
		RESUME

	}

	private final SegmentQueue queue = new SegmentQueue();

	private final PauseGate gate;

	private long cap;

	/**
	 * Creates an empty buffer.
	 * @param marks the water marks
	 * @param cap the maximum of bytes, or 0 for no bound
	 */
	protected OutboundBuffer(WaterMarks marks, long cap) {
		this.gate = new PauseGate(marks);
		this.cap = cap;
	}

	/**
	 * Returns the bytes.
	 * @return the queue
	 */
	protected final SegmentQueue queue() {
		return this.queue;
	}

	/**
	 * Returns the number of bytes that are queued.
	 * @return bytes, 0 or more
	 */
	protected final long size() {
		return this.queue.size();
	}

	/**
	 * Returns whether no byte is queued.
	 * @return {@code true} if the queue is empty
	 */
	protected final boolean isEmpty() {
		return this.queue.isEmpty();
	}

	/**
	 * Returns the maximum of bytes.
	 * @return bytes, or 0 for no bound
	 */
	protected final long cap() {
		return this.cap;
	}

	/**
	 * Replaces the maximum of bytes.
	 * @param cap bytes, or 0 for no bound
	 */
	protected final void setCap(long cap) {
		this.cap = cap;
	}

	/**
	 * Applies the pause rule, and records the pause.
	 * @param size bytes that count: those of this buffer, and of what is below it
	 * @return what to tell the protocol
	 */
	protected final PauseMove pauseMove(long size) {
		if (this.gate.isPaused()) {
			boolean low = size <= this.gate.marks().low();
			return (low && this.gate.resume(System.nanoTime())) ? PauseMove.RESUME : PauseMove.NONE;
		}
		boolean high = size > this.gate.marks().high();
		return (high && this.gate.pauseAbove(size, System.nanoTime())) ? PauseMove.PAUSE : PauseMove.NONE;
	}

	/**
	 * Notes that the protocol pauses already, whatever the size.
	 */
	protected final void notePaused() {
		this.gate.pauseAbove(Long.MAX_VALUE, System.nanoTime());
	}

	/**
	 * Returns whether the protocol pauses.
	 * @return {@code true} from the call to pause until the call to resume
	 */
	protected final boolean isPaused() {
		return this.gate.isPaused();
	}

	/**
	 * Returns whether a size is above the high-water mark.
	 * @param size bytes
	 * @return {@code true} if it is
	 */
	protected final boolean isAboveHighMark(long size) {
		return size > this.gate.marks().high();
	}

	/**
	 * Returns the water marks.
	 * @return the marks
	 */
	protected final WaterMarks marks() {
		return this.gate.marks();
	}

	/**
	 * Replaces the water marks. The caller applies the pause rule after that.
	 * @param marks the new marks
	 */
	protected final void setMarks(WaterMarks marks) {
		this.gate.setMarks(marks);
	}

	/**
	 * Returns how often and how long the protocol was paused.
	 * @param now the monotonic clock in nanoseconds
	 * @return the figures, with the present pause
	 */
	protected final PauseTimes pauseTimes(long now) {
		return this.gate.times(now);
	}

}
