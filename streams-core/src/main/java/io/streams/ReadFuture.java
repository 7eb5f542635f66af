package io.streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * The future of a read. Whoever else completes it, by {@code cancel}, {@code orTimeout}
 * or otherwise, takes the read back first, and comes too late if the read was settled: so
 * that bytes are never taken for a future that nobody looks at any more.
 *
 * @param <T> the type of its result
 */
final class ReadFuture<T> extends CompletableFuture<T> {

	/** Where the read waits; none if it is settled. */
	private final @Nullable PendingReadOwner owner;

	ReadFuture(@Nullable PendingReadOwner owner) {
		this.owner = owner;
	}

	/** Takes the read back, or says that it was settled. */
	private boolean withdraw() {
		return this.owner != null && this.owner.withdraw(this);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		return withdraw() && super.cancel(mayInterruptIfRunning);
	}

	@Override
	public boolean complete(@Nullable T value) {
		return withdraw() && super.complete(value);
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		// orTimeout comes here: that its exception is the peer's must be visible later.
		Throwable cause = (failure.getClass() == TimeoutException.class)
				? new ReadTimedOutException((TimeoutException) failure) : failure;
		return withdraw() && super.completeExceptionally(cause);
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new CompletableFuture<>();
	}

	void settle(@Nullable T value) {
		super.complete(value);
	}

	void settleExceptionally(Throwable failure) {
		super.completeExceptionally(failure);
	}

	/**
	 * The timeout of the future of a read passed, as that of {@code orTimeout}. A type of
	 * its own, so that it is not taken for the timeout of other work of the handler.
	 */
	static final class ReadTimedOutException extends TimeoutException {

		private static final long serialVersionUID = 1L;

		ReadTimedOutException(TimeoutException cause) {
			super((cause.getMessage() != null) ? cause.getMessage()
					: "the read had not completed when the timeout of its future passed");
			initCause(cause);
		}

	}

}
