package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

import io.streams.flow.ReadLimit;

import org.jspecify.annotations.Nullable;

/**
 * A read that waits for input. Its outcome is settled under the reader's lock and
 * announced outside of it.
 *
 * @param <T> the type of its result
 */
abstract sealed class PendingRead<T> {

	private final ReadRequest<T> request;

	/** Written before {@link #settled}, read after it. */
	private @Nullable T result;

	/** Written before {@link #settled}, read after it. */
	private @Nullable Throwable failure;

	private volatile boolean settled;

	PendingRead(ReadRequest<T> request) {
		this.request = request;
	}

	/** Wakes whoever waits. Call without the reader's lock. */
	abstract void announce();

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

	/**
	 * Settles the read if its request has an answer while the server stops. Call as
	 * {@link #attempt}.
	 * @return whether the read is settled
	 */
	boolean answerWhenStopping() {
		this.result = this.request.whenStopping();
		this.settled = this.result != null;
		return this.settled;
	}

	/**
	 * Settles the read with a failure that belongs to this read alone. Call as
	 * {@link #attempt}.
	 */
	void fail(Throwable failure) {
		this.failure = failure;
		this.settled = true;
	}

	boolean isSettled() {
		return this.settled;
	}

	/** A thread is parked for it. */
	static final class Blocking<T> extends PendingRead<T> {

		private final Thread thread = Thread.currentThread();

		Blocking(ReadRequest<T> request) {
			super(request);
		}

		@Override
		void announce() {
			LockSupport.unpark(this.thread);
		}

		/**
		 * The outcome, once it is settled. An error was made for this read alone, by
		 * whichever thread settled it; it is thrown with the stack of the reader.
		 */
		T outcome() throws IOException {
			Throwable failure = super.failure;
			if (failure instanceof IOException ioFailure) {
				ioFailure.fillInStackTrace();
				throw ioFailure;
			}
			if (failure instanceof RuntimeException misuse) {
				throw misuse;
			}
			if (failure instanceof Error error) {
				throw error;
			}
			T value = super.result;
			if (value == null) {
				throw new IllegalStateException("the read is not settled", failure);
			}
			return value;
		}

	}

	/** A future stands for it. */
	static final class Asynchronous<T> extends PendingRead<T> {

		private final ReadFuture<T> future;

		Asynchronous(ReadRequest<T> request, ReadFuture<T> future) {
			super(request);
			this.future = future;
		}

		boolean isFor(ReadFuture<?> future) {
			return this.future == future;
		}

		@Override
		void announce() {
			if (super.failure != null) {
				this.future.settleExceptionally(super.failure);
			}
			else {
				this.future.settle(super.result);
			}
		}

	}

}
