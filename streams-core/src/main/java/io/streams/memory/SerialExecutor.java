package io.streams.memory;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, on a virtual thread that lives only while there are
 * any: the event loop of a transport that has no socket to wait for.
 */
final class SerialExecutor implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(SerialExecutor.class);

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by {@link #lock}. */
	private final Queue<Runnable> tasks = new ArrayDeque<>();

	/** Written under {@link #lock}: the thread that runs tasks now. */
	private volatile @Nullable Thread thread;

	@Override
	public void execute(Runnable task) {
		this.lock.lock();
		try {
			this.tasks.add(task);
			if (this.thread == null) {
				Thread started = Thread.ofVirtual().name("streams-memory").unstarted(this::runTasks);
				this.thread = started;
				started.start();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isCurrent() {
		return Thread.currentThread() == this.thread;
	}

	private void runTasks() {
		Runnable task;
		while ((task = next()) != null) {
			try {
				task.run();
			}
			catch (RuntimeException | Error ex) {
				logger.error("A task of an in-memory transport failed", ex);
			}
		}
	}

	private @Nullable Runnable next() {
		this.lock.lock();
		try {
			Runnable task = this.tasks.poll();
			if (task == null) {
				this.thread = null;
			}
			return task;
		}
		finally {
			this.lock.unlock();
		}
	}

}
