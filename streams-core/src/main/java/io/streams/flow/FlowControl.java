package io.streams.flow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

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

	private final ReentrantLock lock = new ReentrantLock();

	/** Runs what depends on a released waiter, never under the lock. */
	private final Executor executor;

	/** Written under {@link #lock}; read without it where a stale answer is harmless. */
	private volatile State state = State.FLOWING;

	/** Guarded by {@link #lock}; {@code null} while nobody waits. */
	private @Nullable List<CompletableFuture<@Nullable Void>> waiters;

	/** Guarded by {@link #lock}: the error with which the connection was lost. */
	private @Nullable IOException cause;

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
		this.lock.lock();
		try {
			if (this.state == State.PAUSED) {
				throw new IllegalStateException("writing is already paused: pauseWriting and resumeWriting alternate");
			}
			if (this.state == State.FLOWING) {
				this.state = State.PAUSED;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Opens the gate: the transport's buffer sank to its low-water mark. Everybody who
	 * waits goes on.
	 * @throws IllegalStateException if writing is not paused
	 */
	public void resumeWriting() {
		List<CompletableFuture<@Nullable Void>> released;
		this.lock.lock();
		try {
			if (this.state == State.FLOWING) {
				throw new IllegalStateException("writing is not paused: pauseWriting and resumeWriting alternate");
			}
			if (this.state == State.LOST) {
				return;
			}
			this.state = State.FLOWING;
			released = takeWaiters();
		}
		finally {
			this.lock.unlock();
		}
		release(released, null);
	}

	/**
	 * Opens the gate for good: there is nobody to write to any more.
	 * @param cause the error that ended the connection, which every waiter gets, or
	 * {@code null} if it ended in good order, and then waiters go on normally
	 */
	public void connectionLost(@Nullable IOException cause) {
		List<CompletableFuture<@Nullable Void>> released;
		this.lock.lock();
		try {
			if (this.state == State.LOST) {
				return;
			}
			this.state = State.LOST;
			this.cause = cause;
			released = takeWaiters();
		}
		finally {
			this.lock.unlock();
		}
		release(released, cause);
	}

	/**
	 * The future of the next resume: complete at once if writing is not paused.
	 * Cancelling it takes its waiter out of the count and harms nobody else.
	 * @return completes when writing resumes, exceptionally with the connection's error
	 * if it is lost in the meantime
	 */
	public CompletableFuture<@Nullable Void> whenResumed() {
		if (this.state == State.FLOWING) {
			return PASSED.copy();
		}
		this.lock.lock();
		try {
			if (this.state == State.LOST && this.cause != null) {
				return CompletableFuture.failedFuture(this.cause);
			}
			if (this.state != State.PAUSED) {
				return PASSED.copy();
			}
			return addWaiter();
		}
		finally {
			this.lock.unlock();
		}
	}

	public State state() {
		return this.state;
	}

	public boolean isPaused() {
		return this.state == State.PAUSED;
	}

	/**
	 * How many writers wait in {@code drain} now.
	 * @return the number of waiters
	 */
	public int waiting() {
		this.lock.lock();
		try {
			return (this.waiters != null) ? this.waiters.size() : 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held. */
	private CompletableFuture<@Nullable Void> addWaiter() {
		CompletableFuture<@Nullable Void> waiter = new CompletableFuture<>();
		if (this.waiters == null) {
			this.waiters = new ArrayList<>(1);
		}
		this.waiters.add(waiter);
		waiter.whenComplete((nothing, failure) -> remove(waiter));
		return waiter;
	}

	private void remove(CompletableFuture<@Nullable Void> waiter) {
		this.lock.lock();
		try {
			if (this.waiters != null && this.waiters.remove(waiter) && this.waiters.isEmpty()) {
				this.waiters = null;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held. */
	private List<CompletableFuture<@Nullable Void>> takeWaiters() {
		List<CompletableFuture<@Nullable Void>> taken = (this.waiters != null) ? this.waiters : List.of();
		this.waiters = null;
		return taken;
	}

	private void release(List<CompletableFuture<@Nullable Void>> released, @Nullable IOException failure) {
		for (CompletableFuture<@Nullable Void> waiter : released) {
			this.executor.execute(() -> {
				if (failure != null) {
					waiter.completeExceptionally(failure);
				}
				else {
					waiter.complete(null);
				}
			});
		}
	}

}
