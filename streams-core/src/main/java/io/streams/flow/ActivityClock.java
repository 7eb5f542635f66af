package io.streams.flow;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Splits a connection's time among {@link Activity activities}.
 * <p>
 * Totals are exact. For the last minutes, time is kept by slots of five seconds. They are
 * only made once an activity changes after the first slot, and those that follow each
 * other and are alike are kept as one: a connection that idles costs next to nothing.
 * Times are readings of a monotonic clock in nanoseconds which the caller passes in. Not
 * safe for use by several threads: its owner guards it.
 *
 * @since 0.1
 */
public final class ActivityClock {

	private static final Activity[] ACTIVITIES = Activity.values();

	private static final int COUNT = ACTIVITIES.length;

	private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(5);

	/** Slots of five minutes. */
	private static final int SLOTS = ActivitySlots.CAPACITY;

	private static final int MINUTE_SLOTS = 12;

	/** Figures of each activity. */
	private static final int FIGURES = 3;

	private static final int TOTAL = 0;

	private static final int LONGEST = 1;

	private static final int AT_SLOT = 2;

	/**
	 * Of each activity in turn: its total, its longest uninterrupted time, and its total
	 * when the present slot began. One array, because there is one of these for each
	 * connection, and what a change touches is close together. It has room for as many as
	 * there were so far in the order of {@link Activity}, whose first two, to wait and to
	 * be at work, are all that most connections ever know.
	 */
	private long[] nanos = new long[FIGURES * (Activity.HANDLER_BUSY.ordinal() + 1)];

	private Activity current = Activity.HANDLER_BUSY;

	/** When the current activity began. */
	private long since;

	/** The finished slots, or {@code null} while nothing changes. */
	private @Nullable ActivitySlots slots;

	/**
	 * When the present slot ends, which is after {@link #since}; before the first change,
	 * when it began.
	 */
	private long slotEnd;

	/**
	 * Create a clock.
	 * @param now the monotonic clock
	 */
	public ActivityClock(long now) {
		this.since = now;
		this.slotEnd = now;
	}

	/**
	 * {@return the present activity}
	 */
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
		if (now - this.slotEnd >= 0) {
			slotEnded(now);
		}
		account(now);
		int longest = figure(this.current.ordinal(), LONGEST);
		this.nanos[longest] = Math.max(this.nanos[longest], now - this.since);
		makeRoomFor(activity);
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
			finishSlots(now);
		}
		int index = this.current.ordinal();
		long[] spent = figures(TOTAL);
		spent[index] += now - accountedUntil();
		long[] longest = figures(LONGEST);
		longest[index] = Math.max(longest[index], now - this.since);
		return new ActivityTimes(this.current, now - this.since, map(spent), map(longest),
				map(window(MINUTE_SLOTS, spent, now)), map(window(SLOTS, spent, now)));
	}

	private void makeRoomFor(Activity activity) {
		int needed = FIGURES * (activity.ordinal() + 1);
		if (this.nanos.length < needed) {
			this.nanos = Arrays.copyOf(this.nanos, needed);
		}
	}

	/**
	 * Up to when time is in the totals: the begin of the activity, or of the slot if that
	 * is later. Without a branch, for the reason that {@link #slotEnded} gives: the first
	 * slot that an activity outlasts would be news.
	 */
	private long accountedUntil() {
		long slotBegan = this.slotEnd - SLOT_NANOS - this.since;
		long negative = slotBegan >> (Long.SIZE - 1);
		return this.since + (slotBegan & ~negative);
	}

	private void account(long now) {
		this.nanos[figure(this.current.ordinal(), TOTAL)] += now - accountedUntil();
	}

	/**
	 * Also called at the first change of all, so that the compiler knows of it. Were it
	 * news to the compiled code that a slot ends, the stack of each connection's handler
	 * would fall back into the interpreter five seconds after it was opened.
	 */
	private void slotEnded(long now) {
		if (this.slotEnd == this.since) {
			this.slotEnd += SLOT_NANOS;
		}
		if (now - this.slotEnd >= 0) {
			finishSlots(now);
		}
	}

	/** Notes how the time of each slot was spent that has ended. */
	private void finishSlots(long now) {
		ActivitySlots filled = (this.slots != null) ? this.slots : new ActivitySlots(known());
		this.slots = filled;
		long behind = (now - this.slotEnd) / SLOT_NANOS - SLOTS;
		if (behind > 0) {
			// They would be pushed out.
			skipSlots(behind);
		}
		while (now - this.slotEnd >= 0) {
			account(this.slotEnd);
			filled.add(takeSlot());
			this.slotEnd += SLOT_NANOS;
		}
	}

	/** What each activity that has figures had of the slot that has ended. */
	private long[] takeSlot() {
		long[] spent = new long[known()];
		for (int i = 0; i < spent.length; i++) {
			long total = this.nanos[figure(i, TOTAL)];
			spent[i] = total - this.nanos[figure(i, AT_SLOT)];
			this.nanos[figure(i, AT_SLOT)] = total;
		}
		return spent;
	}

	/** How many activities have figures. */
	private int known() {
		return this.nanos.length / FIGURES;
	}

	private static int figure(int activity, int kind) {
		return FIGURES * activity + kind;
	}

	private long[] figures(int kind) {
		long[] figures = new long[COUNT];
		for (int i = 0; i < known(); i++) {
			figures[i] = this.nanos[figure(i, kind)];
		}
		return figures;
	}

	private void skipSlots(long count) {
		account(this.slotEnd + (count - 1) * SLOT_NANOS);
		this.slotEnd += count * SLOT_NANOS;
		for (int i = 0; i < known(); i++) {
			this.nanos[figure(i, AT_SLOT)] = this.nanos[figure(i, TOTAL)];
		}
	}

	/**
	 * The time of the present slot and of so many before it, the oldest in part, so that
	 * the window keeps its length.
	 */
	private long[] window(int count, long[] spent, long now) {
		ActivitySlots filled = this.slots;
		if (filled == null) {
			return windowWithoutSlots(count * SLOT_NANOS, spent);
		}
		long[] sums = figures(AT_SLOT);
		Arrays.setAll(sums, (i) -> spent[i] - sums[i]);
		filled.addTo(sums, count, (double) (this.slotEnd - now) / SLOT_NANOS);
		return sums;
	}

	/** Without slots, nothing has changed since the first five seconds. */
	private long[] windowWithoutSlots(long length, long[] spent) {
		long age = Arrays.stream(spent).sum();
		if (age <= length) {
			return spent;
		}
		long[] times = new long[COUNT];
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
