package io.streams.spring.actuate;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;

import io.streams.flow.Activity;
import io.streams.flow.ActivityTimes;

/**
 * Who connections that are open wait for, and how their time was spent, all together.
 *
 * @param current how many connections do what now
 * @param total the time spent on each activity
 * @param longest the longest uninterrupted time that one of them spent on each activity
 * @param lastMinute each activity's share of their time within the last minute, 0 to 1
 * @param lastFiveMinutes each activity's share of their time within the last five
 * minutes, 0 to 1
 */
public record ActivitiesDescriptor(Map<String, Integer> current, Map<String, Duration> total,
		Map<String, Duration> longest, Map<String, Double> lastMinute, Map<String, Double> lastFiveMinutes) {

	static ActivitiesDescriptor of(Collection<ActivityTimes> times) {
		return new ActivitiesDescriptor(count(times),
				ActivityDescriptor.durations(merge(times, ActivityTimes::totals, Long::sum)),
				ActivityDescriptor.durations(merge(times, ActivityTimes::longest, Math::max)),
				ActivityDescriptor.shares(merge(times, ActivityTimes::lastMinute, Long::sum)),
				ActivityDescriptor.shares(merge(times, ActivityTimes::lastFiveMinutes, Long::sum)));
	}

	private static Map<String, Integer> count(Collection<ActivityTimes> times) {
		Map<Activity, Integer> counts = new EnumMap<>(Activity.class);
		times.forEach((each) -> counts.merge(each.current(), 1, Integer::sum));
		return ActivityDescriptor.byText((activity) -> counts.getOrDefault(activity, 0));
	}

	private static Map<Activity, Long> merge(Collection<ActivityTimes> times,
			Function<ActivityTimes, Map<Activity, Long>> part, LongBinaryOperator merger) {
		Map<Activity, Long> merged = new EnumMap<>(Activity.class);
		for (ActivityTimes each : times) {
			part.apply(each).forEach((activity, nanos) -> merged.merge(activity, nanos, merger::applyAsLong));
		}
		return merged;
	}

}
