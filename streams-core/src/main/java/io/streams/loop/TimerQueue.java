package io.streams.loop;

import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

/**
 * What an event loop has to do at some time. Times are readings of the monotonic clock in
 * nanoseconds. Event loop only.
 */
final class TimerQueue {

	/** Cancelled timers that may stay queued, however few others there are. */
	private static final int MAX_CANCELLED = 64;

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	/** How many of them were cancelled, and stay until their time or a purge. */
	private int cancelled;

	TimerQueue() {
		// To load a class may take a descriptor, and timers are for when there is none.
		new Timer(0, (now) -> {
		}).cancel();
		this.cancelled = 0;
	}

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
			Action action = timer.takeAction();
			if (action != null) {
				action.timeElapsed(now);
				calls++;
			}
			else {
				this.cancelled--;
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
			this.cancelled--;
		}
		return (timer != null) ? Math.max(0, timer.at - now) : -1;
	}

	/**
	 * Lets go of cancelled timers once they are the most: a deadline far away that was
	 * cancelled soon would otherwise be kept for as long as it would have taken.
	 */
	private void noteCancelled() {
		this.cancelled++;
		if (this.cancelled > MAX_CANCELLED && this.cancelled > this.timers.size() / 2) {
			this.timers.removeIf((timer) -> timer.action == null);
			this.cancelled = 0;
		}
	}

	/** How many timers are queued, with those that were cancelled. */
	int size() {
		return this.timers.size();
	}

	/** What is called. */
	@FunctionalInterface
	interface Action {

		void timeElapsed(long now);

	}

	/** One planned call. */
	final class Timer implements Comparable<Timer> {

		private final long at;

		private @Nullable Action action;

		private Timer(long at, Action action) {
			this.at = at;
			this.action = action;
		}

		long at() {
			return this.at;
		}

		/** Lets go of the action; the timer itself may stay queued for a while. */
		void cancel() {
			if (takeAction() != null) {
				noteCancelled();
			}
		}

		private @Nullable Action takeAction() {
			Action taken = this.action;
			this.action = null;
			return taken;
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
