package io.streams.memory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.FairYield;
import io.streams.flow.CurrentLoop;
import io.streams.flow.LoopLock;
import io.streams.transport.Deadline;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Transport.Cancellable;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, on a virtual thread that lives only while there are
 * any: the event loop of transports that have no socket to wait for.
 */
final class MemoryLoop implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(MemoryLoop.class);

	/** How long a turn that was late is remembered, at the least. */
	private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final ReentrantLock lock = new LoopLock();

	/** Guarded by {@link #lock}: what the next turn will do. */
	private Queue<Runnable> tasks = new ArrayDeque<>();

	/** Loop thread only: what the present turn does. */
	private Queue<Runnable> turn = new ArrayDeque<>();

	/** Written under {@link #lock}: the thread that runs tasks now. */
	private volatile @Nullable Thread thread;

	/** Changed by the loop; safe for any thread. */
	private final Set<MemoryTransport> connections = ConcurrentHashMap.newKeySet();

	/** Written by the loop thread alone, as are the following. */
	private volatile long turns;

	/** The longest turn, in nanoseconds, of the present window. */
	private volatile long worstTurn;

	/** The longest turn, in nanoseconds, of the window before. */
	private volatile long worstTurnBefore;

	private volatile long windowBegan = System.nanoTime();

	private final FairYield handlers = new FairYield();

	/** Lets others run before a handler goes on that never has to wait. */
	void yieldHandler() {
		if (!isCurrent()) {
			this.handlers.yieldFairly();
		}
	}

	@Override
	public void execute(Runnable task) {
		this.lock.lock();
		try {
			this.tasks.add(task);
			if (this.thread == null) {
				Thread started = Thread.ofVirtual().name("streams-memory").unstarted(this::runTurns);
				this.thread = started;
				started.start();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	Cancellable executeLater(Duration delay, Runnable task) {
		CompletableFuture<@Nullable Void> due = new CompletableFuture<@Nullable Void>().completeOnTimeout(null,
				Deadline.nanos(delay), TimeUnit.NANOSECONDS);
		due.thenRunAsync(task, this);
		return () -> due.cancel(false);
	}

	boolean isCurrent() {
		return Thread.currentThread() == this.thread;
	}

	void connectionOpened(MemoryTransport connection) {
		this.connections.add(connection);
	}

	void connectionClosed(MemoryTransport connection) {
		this.connections.remove(connection);
	}

	/** Those that are open, as of now. */
	List<MemoryTransport> connections() {
		return List.copyOf(this.connections);
	}

	LoopStatistics statistics() {
		return new LoopStatistics("streams-memory", this.connections.size(), lagNanos(), this.turns, 0);
	}

	private void runTurns() {
		CurrentLoop.enter(this);
		while (beginTurn()) {
			long began = System.nanoTime();
			for (Runnable task; (task = this.turn.poll()) != null;) {
				run(task);
			}
			endTurn(began, System.nanoTime());
			// Whoever was woken may run before there is more for them.
			Thread.yield();
		}
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("A task of an in-memory transport failed", ex);
		}
	}

	private boolean beginTurn() {
		this.lock.lock();
		try {
			if (this.tasks.isEmpty()) {
				this.thread = null;
				return false;
			}
			Queue<Runnable> next = this.tasks;
			this.tasks = this.turn;
			this.turn = next;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What a turn took is how late the next one is. */
	private void endTurn(long began, long now) {
		this.turns = this.turns + 1;
		if (now - this.windowBegan >= WINDOW_NANOS) {
			this.worstTurnBefore = this.worstTurn;
			this.worstTurn = 0;
			this.windowBegan = now;
		}
		this.worstTurn = Math.max(this.worstTurn, now - began);
	}

	private long lagNanos() {
		long age = System.nanoTime() - this.windowBegan;
		if (age >= 2 * WINDOW_NANOS) {
			return 0;
		}
		return (age >= WINDOW_NANOS) ? this.worstTurn : Math.max(this.worstTurn, this.worstTurnBefore);
	}

}
