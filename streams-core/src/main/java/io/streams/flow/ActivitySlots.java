package io.streams.flow;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How the time of the last slots was spent. Slots that follow each other and are alike,
 * as those of a connection that idles, are one run. Not safe for use by several threads:
 * its owner guards it.
 */
final class ActivitySlots {

	/** Slots that are kept: five minutes of five seconds. */
	static final int CAPACITY = 60;

	/** What a slot counts in, so that five seconds fit in 16 bits. */
	private static final long UNIT_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

	private static final int INITIAL_RUNS = 2;

	/** How many activities there were so far, in the order of {@link Activity}. */
	private int activities;

	/**
	 * Runs, the oldest first: how many slots each has, and the units of each activity in
	 * each of them.
	 */
	private char[] runs;

	/** How many runs there are. */
	private int count;

	ActivitySlots(int activities) {
		this.activities = activities;
		this.runs = new char[INITIAL_RUNS * width()];
	}

	private int width() {
		return 1 + this.activities;
	}

	/**
	 * Adds a slot, and forgets one that is too old if need be.
	 * @param nanos what each activity had of it, of as many as there were so far
	 */
	void add(long[] nanos) {
		if (nanos.length > this.activities) {
			makeColumnsFor(nanos.length);
		}
		if (this.count > 0 && isLike(nanos, this.count - 1)) {
			int last = (this.count - 1) * width();
			this.runs[last] = (char) Math.min(CAPACITY, this.runs[last] + 1);
			return;
		}
		makeRoom();
		int start = this.count * width();
		this.runs[start] = 1;
		for (int i = 0; i < this.activities; i++) {
			this.runs[start + 1 + i] = units(nanos[i]);
		}
		this.count++;
	}

	/** Gives each run room for more activities, of which it had nothing. */
	private void makeColumnsFor(int moreActivities) {
		int before = width();
		this.activities = moreActivities;
		char[] wider = new char[(this.count + 1) * width()];
		for (int run = 0; run < this.count; run++) {
			System.arraycopy(this.runs, run * before, wider, run * width(), before);
		}
		this.runs = wider;
	}

	private boolean isLike(long[] nanos, int run) {
		for (int i = 0; i < this.activities; i++) {
			if (this.runs[run * width() + 1 + i] != units(nanos[i])) {
				return false;
			}
		}
		return true;
	}

	private void makeRoom() {
		if (this.count == CAPACITY) {
			this.count--;
			System.arraycopy(this.runs, width(), this.runs, 0, this.count * width());
		}
		int needed = (this.count + 1) * width();
		if (needed > this.runs.length) {
			this.runs = Arrays.copyOf(this.runs, Math.min(CAPACITY * width(), 2 * needed));
		}
	}

	private static char units(long nanos) {
		return (char) (nanos / UNIT_NANOS);
	}

	/**
	 * Adds up the last slots.
	 * @param sums to add to, in nanoseconds by activity
	 * @param slots how many slots, {@link #CAPACITY} at the most; fewer if there are no
	 * more
	 * @param oldest how much of the oldest one counts, from 0 to 1
	 */
	void addTo(long[] sums, int slots, double oldest) {
		int left = slots;
		for (int run = this.count - 1; run >= 0 && left > 0; run--) {
			int taken = Math.min(left, this.runs[run * width()]);
			left -= taken;
			double weight = (left == 0) ? taken - 1 + oldest : taken;
			for (int i = 0; i < this.activities; i++) {
				sums[i] += (long) (weight * UNIT_NANOS * this.runs[run * width() + 1 + i]);
			}
		}
	}

}
