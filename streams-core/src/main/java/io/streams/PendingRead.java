package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

import io.streams.flow.ReadLimit;

import org.jspecify.annotations.Nullable;

/**
 * A read that waits for input: a thread is parked for it, or a future stands for it. Its
 * outcome is settled under the reader's lock and announced outside of it.
 *
 * @param <T> the type of its result
 */
final class PendingRead<T> {

	private final ReadRequest<T> request;

	/** The thread that is parked, or {@code null} for an asynchronous read. */
	private final @Nullable Thread thread;

	/** The future, or {@code null} for a blocking read. */
	private final @Nullable ReadFuture<T> future;

	/** Written before {@link #settled}, read after it. */
	private @Nullable T result;

	/** Written before {@link #settled}, read after it. */
	private @Nullable Throwable failure;

	private volatile boolean settled;

	private PendingRead(ReadRequest<T> request, @Nullable Thread thread, @Nullable ReadFuture<T> future) {
		this.request = request;
		this.thread = thread;
		this.future = future;
	}

	static <T> PendingRead<T> blocking(ReadRequest<T> request) {
		return new PendingRead<>(request, Thread.currentThread(), null);
	}

	static <T> PendingRead<T> asynchronous(ReadRequest<T> request, ReadFuture<T> future) {
		return new PendingRead<>(request, null, future);
	}

	boolean isBlocking() {
		return this.thread != null;
	}

	ReadRequest<T> request() {
		return this.request;
	}

	/**
	 * Tries the request. Call with the reader's lock held, then {@link #announce()}
	 * without it.
	 * @return whether the read is settled
	 */
	boolean attempt(InputBuffer input) {
		try {
			this.result = this.request.attempt(input);
			this.settled = this.result != null;
		}
		catch (IOException | RuntimeException | Error ex) {
			this.failure = ex;
			this.settled = true;
		}
		return this.settled;
	}

	/**
	 * Settles the read out of bytes that have just come, if all that it needs is there.
	 * Call as {@link #attempt}, with nothing buffered.
	 * @return whether the read is settled; if not, the bytes are as they were
	 */
	boolean take(ByteBuffer arrived, ReadLimit limit) {
		try {
			this.result = this.request.take(arrived, limit);
			this.settled = this.result != null;
		}
		catch (RuntimeException | Error ex) {
			fail(ex);
		}
		return this.settled;
	}

	/** Settles the read with a failure. Call as {@link #attempt}. */
	void fail(Throwable failure) {
		this.failure = failure;
		this.settled = true;
	}

	/** Wakes whoever waits. Call without the reader's lock. */
	void announce() {
		if (this.thread != null) {
			LockSupport.unpark(this.thread);
		}
		else if (this.future != null) {
			complete(this.future);
		}
	}

	private void complete(ReadFuture<T> future) {
		if (this.failure != null) {
			future.settleExceptionally(this.failure);
		}
		else {
			future.settle(this.result);
		}
	}

	boolean isSettled() {
		return this.settled;
	}

	/**
	 * The outcome of a settled blocking read.
	 */
	T outcome() throws IOException {
		if (this.failure instanceof IOException ioFailure) {
			throw ioFailure;
		}
		if (this.failure instanceof RuntimeException misuse) {
			throw misuse;
		}
		if (this.failure instanceof Error error) {
			throw error;
		}
		T value = this.result;
		if (value == null) {
			throw new IllegalStateException("the read is not settled", this.failure);
		}
		return value;
	}

}
