package io.streams.loop;

import java.util.concurrent.atomic.AtomicReference;

import io.streams.transport.LoopStatistics;

import org.jspecify.annotations.Nullable;

/**
 * Observes a loop's work: its figures, what it is at, and whether it is stuck or starved.
 * The loop writes; the watchdog looks; any thread asks for the figures.
 */
final class LoopHealth {

	private final LoopThread thread;

	private final LoopClock clock = new LoopClock();

	private final LoopStarvation starvation = new LoopStarvation();

	/**
	 * The owner of the event that the loop handles, or the handler's task that it runs.
	 * Written by the loop, without a fence for each; read by the watchdog.
	 */
	private final AtomicReference<@Nullable Object> atWork = new AtomicReference<>();

	/** The turn that the watchdog saw last. Watchdog only. */
	private long watchedTurn = -1;

	/** How often the watchdog saw it again. Watchdog only. */
	private int looks;

	LoopHealth(LoopThread thread) {
		this.thread = thread;
	}

	/** The loop writes. */
	LoopClock clock() {
		return this.clock;
	}

	/** Notes the owner of the next event, or the next handler's task. Event loop only. */
	void atWork(@Nullable Object worker) {
		this.atWork.lazySet(worker);
	}

	/** Returns what the loop is at, or null if that is not known. Any thread. */
	@Nullable Object atWork() {
		return this.atWork.get();
	}

	/** The figures of the loop. Any thread. */
	LoopStatistics statistics(String name) {
		long lag = Math.max(this.clock.lagNanos(), this.starvation.lagNanos(System.nanoTime()));
		return new LoopStatistics(name, this.clock.connections(), lag, this.clock.turns(), this.clock.idleWakeups());
	}

	/**
	 * How long the loop has been at its present work; 0 while it sleeps or lets others
	 * run. Any thread.
	 */
	long busyNanos() {
		return this.clock.busyNanos();
	}

	/**
	 * Whether the present turn was looked at once before, and once only: a loop is stuck
	 * when it is still in the turn that it was in a second ago, and the log says so once.
	 * Watchdog only.
	 */
	boolean isStuckSinceLastLook() {
		long turn = this.clock.turns();
		this.looks = (turn == this.watchedTurn) ? this.looks + 1 : 0;
		this.watchedTurn = turn;
		return this.looks == 1;
	}

	/**
	 * Whether this look is the first to find that the loop is ready and does not run.
	 * Watchdog only.
	 */
	boolean isFoundStarved(long now) {
		return this.starvation.look(now, this.thread.current(), this.clock.turns(), this.clock.busyNanos() != 0);
	}

	/** Whether the last look found the loop ready, as did those before. Watchdog only. */
	boolean isStarved() {
		return this.starvation.isStarved();
	}

	/** Returns the stack of the loop's thread. Watchdog only. */
	StackTraceElement[] stackTrace() {
		return this.thread.current().getStackTrace();
	}

}
