package io.streams.loop;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

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
final class HandlerScheduler implements Executor {

	private final EventLoop loop;

	/** Event loop only. */
	private final ArrayDeque<Runnable> own = new ArrayDeque<>();

	private final Queue<Runnable> others = new ConcurrentLinkedQueue<>();

	private volatile boolean ended;

	HandlerScheduler(EventLoop loop) {
		this.loop = loop;
	}

	@Override
	public void execute(Runnable stretch) {
		if (this.ended) {
			runElsewhere(stretch);
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
			try {
				this.own.remove().run();
			}
			catch (Throwable ex) {
				this.loop.survive(ex);
			}
		}
		return count > 0;
	}

	/**
	 * Runs all that is there now. Event loop only.
	 * @return whether there was anything
	 */
	boolean runAll() {
		for (int n = this.others.isEmpty() ? 0 : this.others.size(); n > 0; n--) {
			Runnable stretch = this.others.poll();
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

	private static void runRestElsewhere(Queue<Runnable> rest) {
		for (Runnable stretch; (stretch = rest.poll()) != null;) {
			runElsewhere(stretch);
		}
	}

	private static void runElsewhere(Runnable stretch) {
		Thread.ofPlatform().daemon().name("streams-loop-heir").start(stretch);
	}

}
