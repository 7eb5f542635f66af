package io.streams.flow;

/**
 * How often and how long one direction of a stream was paused. All times in nanoseconds
 * of a monotonic clock.
 *
 * @param paused whether it is paused now
 * @param currentNanos how long the present pause lasts; 0 if not paused
 * @param totalNanos the sum of all pauses, the present one included
 * @param longestNanos the longest pause, the present one included
 * @param pauses how many pauses there were, the present one included
 * @since 0.1
 */
public record PauseTimes(boolean paused, long currentNanos, long totalNanos, long longestNanos, long pauses) {

	/** Never paused. */
	public static final PauseTimes NONE = new PauseTimes(false, 0, 0, 0, 0);

}
