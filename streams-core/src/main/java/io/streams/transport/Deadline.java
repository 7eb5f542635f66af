package io.streams.transport;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.streams.transport.ConnectionTimeoutException.Phase;

import org.jspecify.annotations.Nullable;

/**
 * A time by which something must have happened on a connection.
 *
 * @param phase what would have taken too long
 * @param at when, as a reading of the monotonic clock in nanoseconds
 * @param timeout how long it may take
 * @since 0.1
 */
public record Deadline(Phase phase, long at, Duration timeout) {

	/** The difference of two times, one of which is as far ahead, still is a long. */
	private static final long MAX_NANOS = Long.MAX_VALUE / 2;

	/**
	 * The deadline of a timeout.
	 * @param phase what would have taken too long
	 * @param since when it began, by the monotonic clock in nanoseconds
	 * @param timeout how long it may take, or {@code null} for no bound
	 * @return the deadline, or {@code null} if there is no bound
	 */
	public static @Nullable Deadline after(Phase phase, long since, @Nullable Duration timeout) {
		return (timeout != null) ? new Deadline(phase, since + nanos(timeout), timeout) : null;
	}

	/**
	 * A timeout in nanoseconds, to be added to a reading of the monotonic clock. What is
	 * longer than 146 years is taken for 146 years, so that
	 * {@code ChronoUnit.FOREVER.getDuration()} is no bound in effect.
	 * @param timeout how long something may take
	 * @return the nanoseconds
	 */
	public static long nanos(Duration timeout) {
		return Math.min(TimeUnit.NANOSECONDS.convert(timeout), MAX_NANOS);
	}

	/**
	 * The earlier one of two.
	 * @param one a deadline, or {@code null} for never
	 * @param other a deadline, or {@code null} for never
	 * @return the one that passes first; {@code null} if neither ever does
	 */
	public static @Nullable Deadline first(@Nullable Deadline one, @Nullable Deadline other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (one.at - other.at <= 0) ? one : other;
	}

}
