package io.streams.spring.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import io.streams.flow.Activity;
import io.streams.flow.ActivityTimes;

/**
 * Who a connection waits for, and how its time was spent. The keys of the maps are
 * {@code waiting-for-peer}, {@code handler-busy}, {@code read-paused},
 * {@code write-blocked} and {@code closing}.
 *
 * @param current what it does now
 * @param currentFor for how long it has been doing so
 * @param total the time spent on each activity
 * @param longest the longest uninterrupted time of each activity, the present one
 * included
 * @param lastMinute each activity's share of the last minute, 0 to 1
 * @param lastFiveMinutes each activity's share of the last five minutes, 0 to 1
 */
public record ActivityDescriptor(String current, Duration currentFor, Map<String, Duration> total,
		Map<String, Duration> longest, Map<String, Double> lastMinute, Map<String, Double> lastFiveMinutes) {

	private static final double SHARE_STEPS = 10_000;

	static ActivityDescriptor of(ActivityTimes times) {
		return new ActivityDescriptor(times.current().text(), Millis.ofNanos(times.currentNanos()),
				durations(times.totals()), durations(times.longest()), shares(times.lastMinute()),
				shares(times.lastFiveMinutes()));
	}

	static Map<String, Duration> durations(Map<Activity, Long> nanos) {
		return byText((activity) -> Millis.ofNanos(nanos.getOrDefault(activity, 0L)));
	}

	/** Shares to a hundredth of a percent: what is shown is read by people. */
	static Map<String, Double> shares(Map<Activity, Long> nanos) {
		return byText((activity) -> Math.round(ActivityTimes.share(nanos, activity) * SHARE_STEPS) / SHARE_STEPS);
	}

	static <T> Map<String, T> byText(Function<Activity, T> value) {
		Map<String, T> values = new LinkedHashMap<>();
		for (Activity activity : Activity.values()) {
			values.put(activity.text(), value.apply(activity));
		}
		return values;
	}

}
