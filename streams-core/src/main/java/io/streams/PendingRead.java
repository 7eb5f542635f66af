package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * A read that waits for input. Its outcome is settled under the reader's lock and
 * announced outside of it.
 *
 * @param <T> the type of its result
 */
abstract sealed class PendingRead<T> {

	/** How long a loop may take to look for input before a read ends. */
	private static final long LONGEST_LOOK_MILLIS = 1000;

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
	 * Settles the read with a failure that belongs to this read alone, and gives back
	 * what the read took. Call as {@link #attempt}.
	 * @return {@code true}: the read is settled
	 */
	boolean end(IOException failure, InputBuffer input) {
		this.request.putBack(input);
		fail(failure);
		return true;
	}

	private void fail(Throwable failure) {
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
		 * Parks the calling thread until the read is settled.
		 * @return the result
		 * @throws InterruptedIOException if the thread is interrupted before
		 * @throws ReadTimeoutException if the peer is silent for too long
		 * @throws IOException the error that ended the input
		 */
		T await(PendingReadOwner owner) throws IOException {
			boolean looked = false;
			while (!isSettled()) {
				Duration timeout = owner.readTimeout();
				if (timeout == null) {
					LockSupport.park(owner);
				}
				else {
					looked = parkWithin(timeout, owner, looked);
				}
				if (Thread.currentThread().isInterrupted() && owner.withdraw(this)) {
					throw new InterruptedIOException(request().method() + " was interrupted; no byte was lost");
				}
			}
			return outcome();
		}

		/**
		 * Waits no longer than the peer may be silent.
		 * @param looked whether the loop has looked for input since then
		 * @return whether it has now
		 */
		private boolean parkWithin(Duration timeout, PendingReadOwner owner, boolean looked)
				throws ReadTimeoutException {
			long remaining = owner.remainingNanos(timeout);
			if (isSettled()) {
				// To wait for the lock may have used up the wake-up.
				return looked;
			}
			if (remaining > 0) {
				LockSupport.parkNanos(owner, remaining);
				return false;
			}
			if (!looked) {
				awaitLookForInput(owner.transport());
			}
			else if (owner.withdraw(this)) {
				throw new ReadTimeoutException(request().method(), timeout);
			}
			return true;
		}

		/**
		 * Waits until the loop has looked for input, before the read fails by its
		 * timeout: after a stall of the process this thread may be the first to run.
		 */
		private static void awaitLookForInput(@Nullable Transport transport) {
			if (transport == null) {
				return;
			}
			CompletableFuture<@Nullable Void> looked = new CompletableFuture<>();
			transport.loop().execute(() -> {
				try {
					transport.lookForInput();
				}
				finally {
					looked.complete(null);
				}
			});
			try {
				looked.get(LONGEST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			catch (ExecutionException | TimeoutException ex) {
				// The watchdog reports a stuck loop; the read ends nevertheless.
			}
		}

		/**
		 * Returns the outcome of the settled read. The thread that settled the read made
		 * its error for this read alone; it is thrown with the stack of the reader.
		 */
		private T outcome() throws IOException {
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
