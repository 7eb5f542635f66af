package io.streams.flow;

/**
 * Measures the pauses of one stream. Make it at the first pause, which most streams never
 * have. Times are readings of a monotonic clock in nanoseconds which the caller passes
 * in. Not safe for use by several threads: its owner guards it.
 *
 * @since 0.1
 */
public final class PauseClock {

	private long since;

	private long total;

	private long longest;

	private long count;

	/**
	 * Creates a clock that has measured no pause.
	 */
	public PauseClock() {
	}

	/**
	 * Notes that a pause begins.
	 * @param now the monotonic clock in nanoseconds
	 */
	public void begin(long now) {
		this.since = now;
		this.count++;
	}

	/**
	 * Notes that the pause ends.
	 * @param now the monotonic clock in nanoseconds
	 * @return the length of the pause in nanoseconds
	 */
	public long end(long now) {
		long paused = now - this.since;
		this.total += paused;
		this.longest = Math.max(this.longest, paused);
		return paused;
	}

	/**
	 * Returns how often and how long the stream was paused.
	 * @param paused whether a pause lasts
	 * @param now the monotonic clock in nanoseconds
	 * @return the figures, the present pause included
	 */
	public PauseTimes times(boolean paused, long now) {
		long current = paused ? now - this.since : 0;
		return new PauseTimes(paused, current, this.total + current, Math.max(this.longest, current), this.count);
	}

}
