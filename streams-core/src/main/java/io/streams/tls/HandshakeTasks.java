package io.streams.tls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLEngine;

import io.streams.flow.LoopLock;

/**
 * Runs what handshakes of clients compute, for all servers of the process: one for each
 * processor at a time, the oldest handshake first. If all ran at once, all would end
 * late, and with many of them none in time. Any thread.
 *
 * <pre>
 *   waiting ──a processor is free──▶ running ──▶ done
 * </pre>
 *
 * A task may also wait, as for a server that knows of revoked certificates. So a task
 * that has run for 100 ms no longer counts.
 */
final class HandshakeTasks {

	/** A task that takes longer waits for something. */
	static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	static final HandshakeTasks INSTANCE = new HandshakeTasks(Runtime.getRuntime().availableProcessors(), LONG_NANOS);

	private final ReentrantLock lock = new LoopLock();

	private final int max;

	private final long longNanos;

	/** Guarded by {@link #lock}. */
	private final Queue<Task> waiting = new PriorityQueue<>(Comparator.comparingLong(Task::began));

	/** Guarded by {@link #lock}. */
	private final Set<Task> running = new HashSet<>();

	HandshakeTasks(int max, long longNanos) {
		this.max = max;
		this.longNanos = longNanos;
	}

	/**
	 * Runs the delegated tasks of an engine.
	 * @param engine the engine
	 * @return whether there was one
	 */
	static boolean runAll(SSLEngine engine) {
		boolean any = false;
		Runnable task;
		while ((task = engine.getDelegatedTask()) != null) {
			any = true;
			task.run();
		}
		return any;
	}

	/**
	 * Runs a task on a virtual thread, now or later.
	 * @return whether it was started; if not, call {@link #lookAgain()} each
	 * {@link #LONG_NANOS} until it is
	 */
	boolean submit(Task task) {
		this.lock.lock();
		try {
			this.waiting.add(task);
		}
		finally {
			this.lock.unlock();
		}
		lookAgain();
		return task.started != 0;
	}

	/**
	 * Drops a task that waits: its connection is over. A peer that begins handshakes and
	 * leaves would otherwise fill the queue.
	 */
	void withdraw(Task task) {
		this.lock.lock();
		try {
			this.waiting.remove(task);
			task.withdrawn = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns how many tasks wait for a processor. */
	int waiting() {
		this.lock.lock();
		try {
			return this.waiting.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Starts the tasks that may run now. */
	void lookAgain() {
		for (Task task : startable()) {
			Thread.ofVirtual().name("streams-tls").start(() -> run(task));
		}
	}

	private List<Task> startable() {
		List<Task> startable = new ArrayList<>(1);
		this.lock.lock();
		try {
			long now = System.nanoTime();
			int busy = 0;
			for (Task task : this.running) {
				busy += (now - task.started < this.longNanos) ? 1 : 0;
			}
			for (Task next; busy < this.max && (next = this.waiting.poll()) != null; busy++) {
				next.started = now;
				this.running.add(next);
				startable.add(next);
			}
		}
		finally {
			this.lock.unlock();
		}
		return startable;
	}

	private void run(Task task) {
		try {
			task.code.run();
		}
		finally {
			this.lock.lock();
			try {
				this.running.remove(task);
			}
			finally {
				this.lock.unlock();
			}
			lookAgain();
		}
	}

	/** A computation of a handshake. */
	static final class Task {

		/** When the handshake began, by the monotonic clock. */
		private final long began;

		private final Runnable code;

		/** Written under the lock: when it was started; 0 before. */
		private volatile long started;

		/** Written under the lock: it must not start any more. */
		private volatile boolean withdrawn;

		Task(long began, Runnable code) {
			this.began = began;
			this.code = code;
		}

		long began() {
			return this.began;
		}

		/** Whether it runs, or has run. */
		boolean isStarted() {
			return this.started != 0;
		}

		/** Whether it waits for a processor. */
		boolean isWaiting() {
			return this.started == 0 && !this.withdrawn;
		}

	}

}
