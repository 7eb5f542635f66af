package io.streams.flow;

import org.jspecify.annotations.Nullable;

/**
 * The pause rule of one buffer, and the clock of its pauses.
 *
 * <pre>
 *            size &gt; high
 *   OPEN  ─────────────────▶  PAUSED
 *         ◀─────────────────
 *           size &lt;= low, or forced
 * </pre>
 *
 * Every method answers whether it <em>moved</em> the gate, so that its caller tells each
 * move to the other side exactly once. Times are readings of a monotonic clock in
 * nanoseconds which the caller passes in. Not safe for use by several threads: the owner
 * of the buffer guards its gate with the buffer.
 *
 * @since 0.1
 */
public final class PauseGate {

	/** Whether the stream flows. */
	public enum State {

		/** Bytes may come. */
		OPEN,

		/** The other side was told to stop. */
		PAUSED

	}

	private State state = State.OPEN;

	private WaterMarks marks;

	/** Made at the first pause, which most streams never have. */
	private @Nullable PauseClock pauses;

	/**
	 * Creates an open gate.
	 * @param marks the water marks
	 */
	public PauseGate(WaterMarks marks) {
		this.marks = marks;
	}

	/**
	 * Pauses if the buffer is above the high-water mark.
	 * @param size bytes in the buffer
	 * @param now the monotonic clock in nanoseconds
	 * @return {@code true} if this call paused the stream
	 */
	public boolean pauseAbove(long size, long now) {
		if (this.state == State.PAUSED || size <= this.marks.high()) {
			return false;
		}
		this.state = State.PAUSED;
		if (this.pauses == null) {
			this.pauses = new PauseClock();
		}
		this.pauses.begin(now);
		return true;
	}

	/**
	 * Resumes if the buffer is at or below the low-water mark.
	 * @param size bytes in the buffer
	 * @param now the monotonic clock in nanoseconds
	 * @return {@code true} if this call resumed the stream
	 */
	public boolean resumeAtOrBelow(long size, long now) {
		return size <= this.marks.low() && resume(now);
	}

	/**
	 * Resumes whatever the buffer holds.
	 * @param now the monotonic clock in nanoseconds
	 * @return {@code true} if this call resumed the stream
	 */
	public boolean resume(long now) {
		if (this.state == State.OPEN) {
			return false;
		}
		this.state = State.OPEN;
		if (this.pauses != null) {
			this.pauses.end(now);
		}
		return true;
	}

	/**
	 * {@return whether the stream is paused}
	 */
	public boolean isPaused() {
		return this.state == State.PAUSED;
	}

	/**
	 * {@return the water marks}
	 */
	public WaterMarks marks() {
		return this.marks;
	}

	/**
	 * Replaces the marks. The state does not change: the caller follows with
	 * {@link #pauseAbove} and {@link #resumeAtOrBelow}, and acts on their answers.
	 * @param marks the new marks
	 */
	public void setMarks(WaterMarks marks) {
		this.marks = marks;
	}

	/**
	 * How often and how long this stream was paused, the present pause included.
	 * @param now the monotonic clock in nanoseconds
	 * @return the figures
	 */
	public PauseTimes times(long now) {
		return (this.pauses != null) ? this.pauses.times(isPaused(), now) : PauseTimes.NONE;
	}

}
