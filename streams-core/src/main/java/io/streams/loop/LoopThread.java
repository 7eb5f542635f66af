package io.streams.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The thread that runs an event loop. A virtual thread depends on others: it gets no
 * carrier while other virtual threads hold all of them, and the JDK can lose it when the
 * heap is exhausted. Then a platform thread takes its place, until it comes back.
 *
 * <pre>
 *            ┌──────────────── resume() ◀──────────────┐
 *            ▼                                         │
 *   {@link Thread} runs ─────── pause() ───────▶ {@link Pause} of that thread
 *            ▲                                         │
 *            └── another thread begins in its place ◀──┘
 * </pre>
 *
 * A thread pauses the loop before it gives its carrier up, and only there can another one
 * take over. All that is written "event loop only" passes from one to the other by this
 * state.
 */
final class LoopThread {

	private final String name;

	/** Runs the loop; the flag says whether the thread takes the place of another one. */
	private final Consumer<Boolean> loop;

	private final CountDownLatch ended = new CountDownLatch(1);

	/** The thread that runs the loop, or the {@link Pause} of the one that did last. */
	private final AtomicReference<Object> state;

	/** The thread that runs, or that has to come back to do so. Event loop writes. */
	private volatile Thread current;

	/** Event loop only: the pause of the thread that runs. */
	private Pause pause;

	/** Whether a virtual thread came back whose place was taken. */
	private volatile boolean cameBack;

	/**
	 * @param loop runs the loop until it ends; {@link #resume} ends it where another
	 * thread goes on
	 */
	LoopThread(String name, boolean virtual, Consumer<Boolean> loop) {
		this.name = name;
		this.loop = loop;
		this.pause = new Pause(null);
		this.state = new AtomicReference<>(this.pause);
		this.current = unstarted(virtual, this.pause, false);
	}

	private Thread unstarted(boolean virtual, Pause before, boolean successor) {
		Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
		return builder.name(this.name).unstarted(() -> run(before, successor));
	}

	private void run(Pause before, boolean successor) {
		boolean taken = false;
		try {
			begin(before);
			this.loop.accept(successor);
		}
		catch (LoopTakenException ex) {
			taken = true;
			if (Thread.currentThread().isVirtual()) {
				this.cameBack = true;
			}
		}
		finally {
			if (!taken) {
				this.ended.countDown();
			}
		}
	}

	private void begin(Pause before) {
		Thread thread = Thread.currentThread();
		if (!this.state.compareAndSet(before, thread)) {
			throw LoopTakenException.INSTANCE;
		}
		this.pause = new Pause(thread);
		this.current = thread;
	}

	void start() {
		this.current.start();
	}

	/** The thread that runs the loop or has to come back to do so. */
	Thread current() {
		return this.current;
	}

	/** Whether a thread runs the loop now. */
	boolean is(Thread thread) {
		return this.state.get() == thread;
	}

	/**
	 * Waits until the loop has ended.
	 * @param nanos how long at most; not at all if it is 0 or less
	 */
	boolean awaitEnd(long nanos) throws InterruptedException {
		return this.ended.await(Math.max(0, nanos), TimeUnit.NANOSECONDS);
	}

	/** Allows another thread to take over, until {@link #resume()}. Event loop only. */
	void pause() {
		this.state.lazySet(this.pause);
	}

	/**
	 * Goes on, if it has not yet.
	 * @throws LoopTakenException if another thread runs the loop now: the caller has to
	 * leave it alone
	 */
	void resume() {
		Thread thread = Thread.currentThread();
		Object found = this.state.get();
		if (found == thread) {
			return;
		}
		// The field is that of the loop, so it may be another thread's by now.
		Pause own = this.pause;
		if (found != own || own.thread() != thread || !this.state.compareAndSet(own, thread)) {
			throw LoopTakenException.INSTANCE;
		}
	}

	/**
	 * Has a platform thread take over, unless the present thread comes back before.
	 * Watchdog only.
	 */
	void substitute() {
		if (this.state.get() instanceof Pause before && this.current.isVirtual()) {
			unstarted(false, before, true).start();
		}
	}

	/** Whether a virtual thread can have the loop again. Event loop only. */
	boolean canReturn() {
		return this.cameBack && !Thread.currentThread().isVirtual();
	}

	/**
	 * Has a virtual thread take over. Event loop only.
	 * @throws LoopTakenException if it does
	 */
	void giveBack() {
		this.cameBack = false;
		Thread former = this.current;
		Thread virtual = unstarted(true, this.pause, true);
		this.current = virtual;
		pause();
		try {
			virtual.start();
		}
		catch (OutOfMemoryError | RejectedExecutionException ex) {
			this.current = former;
			this.cameBack = true;
			resume();
			return;
		}
		throw LoopTakenException.INSTANCE;
	}

	/**
	 * The state while another thread may take over.
	 *
	 * @param thread the thread that paused; none before the first one runs
	 */
	private record Pause(@Nullable Thread thread) {
	}

}
