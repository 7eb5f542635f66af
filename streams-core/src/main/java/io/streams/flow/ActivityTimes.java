package io.streams.flow;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How a connection's time was spent. All times in nanoseconds of a monotonic clock.
 *
 * @param current what it does now
 * @param currentNanos for how long it has been doing so
 * @param totals the time spent on each activity since the connection was made
 * @param longest the longest uninterrupted time of each activity, the present one
 * included
 * @param lastMinute the time spent on each activity within the last minute
 * @param lastFiveMinutes the time spent on each activity within the last five minutes
 * @since 0.1
 */
public record ActivityTimes(Activity current, long currentNanos, Map<Activity, Long> totals,
		Map<Activity, Long> longest, Map<Activity, Long> lastMinute, Map<Activity, Long> lastFiveMinutes) {

	/** Copies the totals. */
	public ActivityTimes {
		totals = Collections.unmodifiableMap(new EnumMap<>(totals));
		longest = Collections.unmodifiableMap(new EnumMap<>(longest));
		lastMinute = Collections.unmodifiableMap(new EnumMap<>(lastMinute));
		lastFiveMinutes = Collections.unmodifiableMap(new EnumMap<>(lastFiveMinutes));
	}

	/**
	 * What part of some time an activity took.
	 * @param times times by activity, one of this record's
	 * @param activity the activity
	 * @return its share, 0 to 1; 0 if there was no time
	 */
	public static double share(Map<Activity, Long> times, Activity activity) {
		long sum = times.values().stream().mapToLong(Long::longValue).sum();
		return (sum > 0) ? (double) times.getOrDefault(activity, 0L) / sum : 0;
	}

}
