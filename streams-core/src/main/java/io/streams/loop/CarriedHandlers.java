package io.streams.loop;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers of a loop's connections on the loop's own thread: a task is the run
 * of a virtual thread from where it was woken to where it waits again.
 *
 * After the loop's end, and while the loop waits for a lock of someone else's, a thread
 * each runs them.
 */
final class CarriedHandlers implements LoopHandlers {

	private final EventLoop loop;

	/** The loop takes from it, and the watchdog while the loop is stuck. */
	private final Queue<HandlerTask> woken = new ConcurrentLinkedQueue<>();

	private volatile boolean ended;

	CarriedHandlers(EventLoop loop) {
		this.loop = loop;
	}

	@Override
	public Thread newThread(String name, Runnable task) {
		Handler handler = new Handler();
		Thread thread = VirtualThreadSchedulers.builder(handler)
			.name(name)
			.inheritInheritableThreadLocals(false)
			.unstarted(task);
		handler.thread = thread;
		return thread;
	}

	private void add(HandlerTask task) {
		if (this.ended) {
			task.runElsewhere();
			return;
		}
		this.woken.add(task);
		if (!this.loop.isThread(Thread.currentThread())) {
			this.loop.wakeUp();
			if (this.ended) {
				// The loop may have ended between the question and the add.
				runElsewhere();
			}
		}
	}

	@Override
	public boolean isEmpty() {
		return this.woken.isEmpty();
	}

	@Override
	public void yieldHandler() {
		Thread.yield();
	}

	@Override
	public boolean areCarried() {
		return true;
	}

	@Override
	public void turnBegan() {
	}

	@Override
	public void batchEnded() {
		run();
	}

	/** They have run. */
	@Override
	public void turnEnded(long now) {
	}

	@Override
	public void slept() {
	}

	/**
	 * Runs all that is there now, once each: what yields comes again the next time. Event
	 * loop only; also within a call, while the loop waits for a {@code LoopLock}.
	 * @return whether there was anything
	 */
	@Override
	public boolean run() {
		int count = this.woken.isEmpty() ? 0 : this.woken.size();
		if (count == 0) {
			return false;
		}
		Object before = this.loop.health().atWork();
		for (int i = 0; i < count; i++) {
			HandlerTask task = this.woken.poll();
			if (task == null) {
				break;
			}
			this.loop.health().atWork(task);
			try {
				task.code().run();
			}
			catch (Throwable ex) {
				this.loop.survive(ex);
			}
		}
		this.loop.health().atWork(before);
		return true;
	}

	/**
	 * Moves the woken handlers to other threads while the loop waits. It may wait for a
	 * lock that is no {@code LoopLock}, the log's for one, behind a handler that was let
	 * in before it, and that it alone would run.
	 */
	@Override
	public void rescue() {
		if (this.loop.isWaiting()) {
			runElsewhere();
		}
	}

	/** Runs the woken handlers on threads of their own. Any thread. */
	private void runElsewhere() {
		for (HandlerTask task; (task = this.woken.poll()) != null;) {
			task.runElsewhere();
		}
	}

	@Override
	public void end() {
		this.ended = true;
		runElsewhere();
	}

	/**
	 * The scheduler as one handler's thread knows it. The virtual threads that it starts
	 * get the same one, and run here as well.
	 */
	private final class Handler implements Executor {

		/** Set once, before the thread is started. */
		private @Nullable Thread thread;

		/** Set by the start of the thread, which comes before all else. */
		private @Nullable HandlerTask own;

		@Override
		public void execute(Runnable code) {
			HandlerTask own = this.own;
			if (own == null) {
				own = new HandlerTask(code, Objects.requireNonNull(this.thread), false);
				this.own = own;
			}
			add((own.code() == code) ? own : new HandlerTask(code, own.handler(), true));
		}

	}

	/**
	 * A virtual thread that can go on.
	 *
	 * @param code takes it to where it waits again
	 * @param handler the handler's thread
	 * @param descendant whether it is not that thread, but one that it started
	 */
	record HandlerTask(Runnable code, Thread handler, boolean descendant) {

		private static final StackTraceElement[] UNKNOWN = {};

		void runElsewhere() {
			Thread.ofPlatform().daemon().name("streams-loop-heir").start(this.code);
		}

		/** The stack of the thread, as far as it is known which one it is. */
		StackTraceElement[] stackTrace() {
			return this.descendant ? UNKNOWN : this.handler.getStackTrace();
		}

		@Override
		public String toString() {
			return (this.descendant ? "a virtual thread of handler " : "handler ") + this.handler.getName();
		}

	}

}
