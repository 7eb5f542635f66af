package io.streams.flow;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Splits a connection's time among {@link Activity activities}.
 * <p>
 * Totals are exact. For the last minutes, time is kept by slots of five seconds, which
 * are only made once an activity changes after the first slot: a connection that idles
 * costs nothing. Times are readings of a monotonic clock in nanoseconds which the caller
 * passes in. Not safe for use by several threads: its owner guards it.
 */
public final class ActivityClock {

	private static final Activity[] ACTIVITIES = Activity.values();

	private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(5);

	/** Slots of five minutes, and the one that is being filled. */
	private static final int SLOTS = 61;

	private static final int MINUTE_SLOTS = 12;

	private final long began;

	private final long[] totals = new long[ACTIVITIES.length];

	private final long[] longest = new long[ACTIVITIES.length];

	private Activity current = Activity.HANDLER_BUSY;

	/** When the current activity began. */
	private long since;

	/** Up to when time was accounted for. */
	private long accounted;

	/**
	 * Microseconds by slot and activity, or {@code null} while nothing changes after 5 s.
	 */
	private int @Nullable [] slots;

	/** The number of the slot that is being filled, counted from the beginning. */
	private long slot;

	/**
	 * Create a clock.
	 * @param now the monotonic clock
	 */
	public ActivityClock(long now) {
		this.began = now;
		this.since = now;
		this.accounted = now;
	}

	public Activity current() {
		return this.current;
	}

	/**
	 * Changes the activity.
	 * @param activity the new one
	 * @param now the monotonic clock
	 */
	public void enter(Activity activity, long now) {
		if (activity == this.current) {
			return;
		}
		if (this.slots == null && now - this.began >= SLOT_NANOS) {
			this.slots = firstSlot();
		}
		account(now);
		int index = this.current.ordinal();
		this.longest[index] = Math.max(this.longest[index], now - this.since);
		this.current = activity;
		this.since = now;
	}

	/**
	 * How the time was spent up to now.
	 * @param now the monotonic clock
	 * @return the times
	 */
	public ActivityTimes times(long now) {
		if (this.slots != null) {
			account(now);
		}
		long[] spent = this.totals.clone();
		spent[this.current.ordinal()] += now - this.accounted;
		long[] stalls = this.longest.clone();
		int index = this.current.ordinal();
		stalls[index] = Math.max(stalls[index], now - this.since);
		return new ActivityTimes(this.current, now - this.since, map(spent), map(stalls),
				map(window(MINUTE_SLOTS, spent, now)), map(window(SLOTS - 1, spent, now)));
	}

	private void account(long now) {
		long elapsed = now - this.accounted;
		if (elapsed <= 0) {
			return;
		}
		if (this.slots != null) {
			fillSlots(this.slots, now);
		}
		this.totals[this.current.ordinal()] += elapsed;
		this.accounted = now;
	}

	/** Slots with what was spent before there were any, all of it in the first one. */
	private int[] firstSlot() {
		int[] filled = new int[SLOTS * ACTIVITIES.length];
		for (int i = 0; i < this.totals.length; i++) {
			filled[i] = (int) TimeUnit.NANOSECONDS.toMicros(this.totals[i]);
		}
		return filled;
	}

	private void fillSlots(int[] filled, long now) {
		long from = Math.max(this.accounted, now - SLOTS * SLOT_NANOS);
		while (now - from > 0) {
			long number = (from - this.began) / SLOT_NANOS;
			advanceTo(number, filled);
			long end = Math.min(now, this.began + (number + 1) * SLOT_NANOS);
			filled[index(number)] += (int) TimeUnit.NANOSECONDS.toMicros(end - from);
			from = end;
		}
	}

	private void advanceTo(long number, int[] filled) {
		for (long next = Math.max(this.slot + 1, number - SLOTS + 1); next <= number; next++) {
			int start = (int) (next % SLOTS) * ACTIVITIES.length;
			Arrays.fill(filled, start, start + ACTIVITIES.length, 0);
		}
		this.slot = Math.max(this.slot, number);
	}

	private int index(long number) {
		return (int) (number % SLOTS) * ACTIVITIES.length + this.current.ordinal();
	}

	/**
	 * The time of the last slots, the oldest in part, so that the window keeps its
	 * length.
	 */
	private long[] window(int count, long[] spent, long now) {
		int[] filled = this.slots;
		if (filled == null) {
			return windowWithoutSlots(count * SLOT_NANOS, spent, now);
		}
		long[] sums = new long[ACTIVITIES.length];
		double oldest = 1 - (double) ((now - this.began) % SLOT_NANOS) / SLOT_NANOS;
		for (long number = Math.max(0, this.slot - count); number <= this.slot; number++) {
			double weight = (number == this.slot - count) ? oldest : 1;
			for (int i = 0; i < sums.length; i++) {
				int micros = filled[(int) (number % SLOTS) * ACTIVITIES.length + i];
				sums[i] += (long) (weight * TimeUnit.MICROSECONDS.toNanos(micros));
			}
		}
		return sums;
	}

	/** Without slots, nothing has changed since the first five seconds. */
	private long[] windowWithoutSlots(long length, long[] spent, long now) {
		if (now - this.began <= length) {
			return spent;
		}
		long[] times = new long[ACTIVITIES.length];
		times[this.current.ordinal()] = length;
		return times;
	}

	private static Map<Activity, Long> map(long[] times) {
		Map<Activity, Long> map = new EnumMap<>(Activity.class);
		for (Activity activity : ACTIVITIES) {
			map.put(activity, times[activity.ordinal()]);
		}
		return map;
	}

}
