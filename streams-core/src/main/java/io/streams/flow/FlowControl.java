package io.streams.flow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * The gate at which {@code drain} waits: closed by {@link #pauseWriting()}, opened by
 * {@link #resumeWriting()}, and for good by {@link #connectionLost}.
 *
 * <pre>
 *   FLOWING ──pauseWriting──▶ PAUSED
 *      │    ◀─resumeWriting──   │
 *      └──────connectionLost────┴──▶ LOST
 * </pre>
 *
 * Any number of writers may wait. Resuming lets all of them go; losing the connection
 * lets them go normally if it ended in good order, and with its error if not, exactly as
 * asyncio does. Safe for use by any thread.
 * <p>
 * asyncio counterpart: {@code streams.FlowControlMixin}.
 *
 * @since 0.1
 */
public final class FlowControl {

	/** The gate's state. */
	public enum State {

		/** Writers pass. */
		FLOWING,

		/** Writers that drain wait for the low-water mark. */
		PAUSED,

		/** There is nobody to write to any more. */
		LOST

	}

	private static final CompletableFuture<@Nullable Void> PASSED = CompletableFuture.completedFuture(null);

	private static final Gate FLOWING = new Gate(State.FLOWING, null, null);

	/** Paused, and nobody waits. */
	private static final Gate PAUSED = new Gate(State.PAUSED, null, null);

	private static final AtomicReferenceFieldUpdater<FlowControl, Gate> GATE = AtomicReferenceFieldUpdater
		.newUpdater(FlowControl.class, Gate.class, "gate");

	/** Runs what depends on a released waiter. */
	private final Executor executor;

	/**
	 * Never changed but as a whole, by way of {@link #GATE}: whoever moves the gate takes
	 * all who wait at it, and nobody can come too late to be taken.
	 */
	private volatile Gate gate = FLOWING;

	/**
	 * Create a gate that lets writers pass.
	 * @param executor completes the futures of released waiters; it must keep the order
	 * of what it is given
	 */
	public FlowControl(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Closes the gate: the transport's buffer went above its high-water mark.
	 * @throws IllegalStateException if writing is paused already
	 */
	public void pauseWriting() {
		Gate before;
		do {
			before = this.gate;
			if (before.state() == State.PAUSED) {
				throw new IllegalStateException("writing is already paused: pauseWriting and resumeWriting alternate");
			}
			if (before.state() == State.LOST) {
				return;
			}
		}
		while (!GATE.compareAndSet(this, before, PAUSED));
	}

	/**
	 * Opens the gate: the transport's buffer sank to its low-water mark. Everybody who
	 * waits goes on.
	 * @throws IllegalStateException if writing is not paused
	 */
	public void resumeWriting() {
		Gate before;
		do {
			before = this.gate;
			if (before.state() == State.FLOWING) {
				throw new IllegalStateException("writing is not paused: pauseWriting and resumeWriting alternate");
			}
			if (before.state() == State.LOST) {
				return;
			}
		}
		while (!GATE.compareAndSet(this, before, FLOWING));
		release(before, null);
	}

	/**
	 * Opens the gate for good: there is nobody to write to any more.
	 * @param cause the error that ended the connection, or {@code null} if it ended
	 * cleanly. Every waiter fails with a copy of its own, or goes on normally
	 */
	public void connectionLost(@Nullable IOException cause) {
		Gate lost = new Gate(State.LOST, null, cause);
		Gate before;
		do {
			before = this.gate;
			if (before.state() == State.LOST) {
				return;
			}
		}
		while (!GATE.compareAndSet(this, before, lost));
		release(before, cause);
	}

	/**
	 * The future of the next resume: complete at once if writing is not paused.
	 * Cancelling it takes its waiter out of the count and harms nobody else.
	 * @return completes when writing resumes, exceptionally with the connection's error
	 * if it is lost in the meantime
	 */
	public CompletableFuture<@Nullable Void> whenResumed() {
		Gate before = this.gate;
		if (before.state() != State.PAUSED) {
			return passed(before);
		}
		CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
		while (!GATE.compareAndSet(this, before, before.with(future))) {
			before = this.gate;
			if (before.state() != State.PAUSED) {
				return passed(before);
			}
		}
		future.whenComplete((nothing, failure) -> remove(future));
		return future;
	}

	private static CompletableFuture<@Nullable Void> passed(Gate gate) {
		return (gate.cause() != null) ? CompletableFuture.failedFuture(FreshFailure.of(gate.cause())) : PASSED.copy();
	}

	/**
	 * {@return the state of the gate}
	 */
	public State state() {
		return this.gate.state();
	}

	/**
	 * Returns the error that ended the connection.
	 * @return the error, or {@code null} if the connection is not lost or ended cleanly
	 */
	public @Nullable IOException cause() {
		return this.gate.cause();
	}

	/**
	 * {@return whether writers wait at the gate}
	 */
	public boolean isPaused() {
		return this.gate.state() == State.PAUSED;
	}

	/**
	 * How many writers wait in {@code drain} now.
	 * @return the number of waiters
	 */
	public int waiting() {
		return this.gate.waiting().size();
	}

	/** One was cancelled; whoever was released is not at the gate any more. */
	private void remove(CompletableFuture<@Nullable Void> future) {
		Gate before;
		Gate after;
		do {
			before = this.gate;
			after = before.without(future);
		}
		while (after != before && !GATE.compareAndSet(this, before, after));
	}

	private void release(Gate left, @Nullable IOException failure) {
		for (CompletableFuture<@Nullable Void> waiting : left.waiting()) {
			this.executor.execute(() -> {
				if (failure != null) {
					waiting.completeExceptionally(FreshFailure.of(failure));
				}
				else {
					waiting.complete(null);
				}
			});
		}
	}

	/**
	 * The gate at a moment.
	 *
	 * @param state its state
	 * @param last who came last of those that wait, while it is paused
	 * @param cause the error with which the connection was lost
	 */
	private record Gate(State state, @Nullable Waiter last, @Nullable IOException cause) {

		Gate with(CompletableFuture<@Nullable Void> future) {
			return new Gate(this.state, new Waiter(future, this.last), this.cause);
		}

		/** The same gate if the future is not of those that wait. */
		Gate without(CompletableFuture<@Nullable Void> future) {
			List<CompletableFuture<@Nullable Void>> waiting = waiting();
			if (!waiting.remove(future)) {
				return this;
			}
			Gate left = new Gate(this.state, null, this.cause);
			for (CompletableFuture<@Nullable Void> other : waiting) {
				left = left.with(other);
			}
			return left;
		}

		/** Those that wait, in the order in which they came. */
		List<CompletableFuture<@Nullable Void>> waiting() {
			List<CompletableFuture<@Nullable Void>> waiting = new ArrayList<>();
			for (Waiter waiter = this.last; waiter != null; waiter = waiter.before()) {
				waiting.add(waiter.future());
			}
			Collections.reverse(waiting);
			return waiting;
		}

	}

	/**
	 * One that waits.
	 *
	 * @param future of the next resume
	 * @param before who came before
	 */
	private record Waiter(CompletableFuture<@Nullable Void> future, @Nullable Waiter before) {
	}

}
