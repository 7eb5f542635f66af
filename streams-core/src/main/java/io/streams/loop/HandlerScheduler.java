package io.streams.loop;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers of a loop's connections on the loop's own thread: each stretch of a
 * virtual thread, from where it was woken to where it waits again, is a task here.
 *
 * <pre>
 *   woken by the loop    ──▶ own    ─┐
 *   woken by anyone else ──▶ others ─┴▶ run by the loop; after its end, and while it is
 *                                       stuck, by a thread each
 * </pre>
 */
final class HandlerScheduler {

	private final EventLoop loop;

	/** Event loop only. */
	private final ArrayDeque<Stretch> own = new ArrayDeque<>();

	private final Queue<Stretch> others = new ConcurrentLinkedQueue<>();

	private volatile boolean ended;

	HandlerScheduler(EventLoop loop) {
		this.loop = loop;
	}

	/** A virtual thread that runs here, not started. */
	Thread newThread(String name, Runnable task) {
		Handler handler = new Handler();
		Thread thread = VirtualThreadSchedulers.builder(handler)
			.name(name)
			.inheritInheritableThreadLocals(false)
			.unstarted(task);
		handler.thread = thread;
		return thread;
	}

	private void add(Stretch stretch) {
		if (this.ended) {
			stretch.runElsewhere();
		}
		else if (this.loop.isThread(Thread.currentThread())) {
			this.own.add(stretch);
		}
		else {
			this.others.add(stretch);
			this.loop.wakeUp();
			if (this.ended) {
				// The loop may have ended between the question and the add.
				runRestElsewhere(this.others);
			}
		}
	}

	boolean isEmpty() {
		return this.own.isEmpty() && this.others.isEmpty();
	}

	/**
	 * Runs what the loop itself has woken, and what yielded, once each. Event loop only.
	 * @return whether there was anything
	 */
	boolean runOwn() {
		int count = this.own.size();
		for (int i = 0; i < count; i++) {
			Stretch stretch = this.own.remove();
			this.loop.atWork(stretch);
			try {
				stretch.code().run();
			}
			catch (Throwable ex) {
				this.loop.survive(ex);
			}
		}
		if (count > 0) {
			this.loop.atWork(null);
		}
		return count > 0;
	}

	/**
	 * Runs all that is there now. Event loop only.
	 * @return whether there was anything
	 */
	boolean runAll() {
		for (int n = this.others.isEmpty() ? 0 : this.others.size(); n > 0; n--) {
			Stretch stretch = this.others.poll();
			if (stretch != null) {
				this.own.add(stretch);
			}
		}
		return runOwn();
	}

	/** Runs those that others have woken without the loop; any thread. */
	void runOthersElsewhere() {
		runRestElsewhere(this.others);
	}

	/** The loop ends; handlers that are still there go on without it. Event loop only. */
	void end() {
		this.ended = true;
		runRestElsewhere(this.own);
		runRestElsewhere(this.others);
	}

	private static void runRestElsewhere(Queue<Stretch> rest) {
		for (Stretch stretch; (stretch = rest.poll()) != null;) {
			stretch.runElsewhere();
		}
	}

	/**
	 * The scheduler as one handler's thread knows it. The virtual threads that it starts
	 * get the same one, and run here as well.
	 */
	private final class Handler implements Executor {

		/** Set once, before the thread is started. */
		private @Nullable Thread thread;

		/** Set by the start of the thread, which comes before all else. */
		private @Nullable Stretch own;

		@Override
		public void execute(Runnable code) {
			Stretch own = this.own;
			if (own == null) {
				own = new Stretch(code, Objects.requireNonNull(this.thread), false);
				this.own = own;
			}
			add((own.code() == code) ? own : new Stretch(code, own.handler(), true));
		}

	}

	/**
	 * A virtual thread that can go on.
	 *
	 * @param code takes it to where it waits again
	 * @param handler the handler's thread
	 * @param descendant whether it is not that thread, but one that it started
	 */
	record Stretch(Runnable code, Thread handler, boolean descendant) {

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
