package io.streams.loop;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.streams.flow.FairYield;
import io.streams.socket.Poller;

/**
 * Handlers that share the carriers of the process with all virtual threads. A loop on a
 * virtual thread yields, so that they run on its carrier without a switch of threads.
 * Event loop only, but for what handlers call.
 */
final class SharedHandlers implements LoopHandlers {

	/** How often a loop that is never idle goes by the scheduler's queue. */
	private static final long SHARE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/** How often it parks, so that it goes there for sure. */
	private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	/**
	 * How long handlers may run between the batches of a turn: what became ready since
	 * the turn began waits meanwhile, new clients too.
	 */
	private static final long MAX_AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	private final LoopThread thread;

	private final LoopClock clock;

	private final Poller poller;

	/** For handlers. */
	private final FairYield fairYield = new FairYield();

	/** How long handlers ran between the batches of this turn. */
	private long awayNanos;

	/** When the loop last let those run that wait elsewhere. */
	private long lastShared = System.nanoTime();

	/** When it last parked or slept. */
	private long lastParked = this.lastShared;

	SharedHandlers(LoopThread thread, LoopClock clock, Poller poller) {
		this.thread = thread;
		this.clock = clock;
		this.poller = poller;
	}

	@Override
	public Thread newThread(String name, Runnable task) {
		return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(task);
	}

	@Override
	public void yieldHandler() {
		this.fairYield.yieldFairly();
	}

	@Override
	public boolean areCarried() {
		return false;
	}

	@Override
	public boolean isEmpty() {
		return true;
	}

	@Override
	public void turnBegan() {
		this.awayNanos = 0;
	}

	@Override
	public void batchEnded() {
		if (this.awayNanos < MAX_AWAY_NANOS && Thread.currentThread().isVirtual()) {
			long began = System.nanoTime();
			this.clock.workEnded();
			yieldCarrier();
			// Not since the turn began: the handlers' time is not the loop's.
			long ended = System.nanoTime();
			this.clock.workBegan(ended);
			this.awayNanos += ended - began;
		}
	}

	@Override
	public boolean run() {
		return false;
	}

	/**
	 * Yields. That goes to the end of the carrier's own queue, which a busy loop and its
	 * handlers never let run empty; virtual threads that are started or woken from
	 * elsewhere wait in the scheduler's queue behind it, without a bound.
	 */
	@Override
	public void turnEnded(long now) {
		yieldCarrier();
		if (now - this.lastShared > SHARE_NANOS) {
			this.lastShared = now;
			shareCarrier(now);
		}
	}

	/**
	 * Lets those run that wait elsewhere. Mostly the handlers have run and the carrier's
	 * own queue is empty: then a second yield goes by the scheduler's queue. A loop whose
	 * handlers yield as well never gets there, and parks for a moment, which is dearer.
	 */
	private void shareCarrier(long now) {
		if (now - this.lastParked > PARK_NANOS) {
			this.thread.pause();
			LockSupport.parkNanos(this, 1);
			this.thread.resume();
			slept();
		}
		else {
			yieldCarrier();
		}
	}

	private void yieldCarrier() {
		if (this.thread.canReturn() && !this.poller.isBroken()) {
			this.thread.giveBack();
		}
		this.thread.pause();
		Thread.yield();
		this.thread.resume();
	}

	@Override
	public void slept() {
		this.lastParked = System.nanoTime();
	}

	@Override
	public void rescue() {
	}

	@Override
	public void end() {
	}

}
