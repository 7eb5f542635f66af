package io.streams.nio;

import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

/**
 * What an event loop has to do at some time. Times are readings of the monotonic clock in
 * nanoseconds. Event loop only.
 */
final class TimerQueue {

	static {
		// To load a class may take a descriptor, and timers are for when there is none.
		new Timer(0, (now) -> {
		}).cancel();
	}

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	/**
	 * Plans a call.
	 * @param at when
	 * @param action what
	 * @return the timer, to cancel it
	 */
	Timer schedule(long at, Action action) {
		Timer timer = new Timer(at, action);
		this.timers.add(timer);
		return timer;
	}

	/**
	 * Runs what is due.
	 * @return how many calls were made
	 */
	int expire(long now) {
		int calls = 0;
		Timer timer;
		while ((timer = this.timers.peek()) != null && timer.at - now <= 0) {
			this.timers.poll();
			Action action = timer.action;
			if (action != null) {
				action.timeElapsed(now);
				calls++;
			}
		}
		return calls;
	}

	/**
	 * How long until the next call.
	 * @return nanoseconds, 0 or more, or -1 if nothing is planned
	 */
	long untilNext(long now) {
		Timer timer;
		while ((timer = this.timers.peek()) != null && timer.action == null) {
			this.timers.poll();
		}
		return (timer != null) ? Math.max(0, timer.at - now) : -1;
	}

	/** What is called. */
	@FunctionalInterface
	interface Action {

		void timeElapsed(long now);

	}

	/** One planned call. */
	static final class Timer implements Comparable<Timer> {

		private final long at;

		private @Nullable Action action;

		private Timer(long at, Action action) {
			this.at = at;
			this.action = action;
		}

		long at() {
			return this.at;
		}

		/** Lets go of the action; the timer itself stays queued until its time. */
		void cancel() {
			this.action = null;
		}

		@Override
		public int compareTo(Timer other) {
			return Long.compare(this.at - other.at, 0);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this);
		}

	}

}
