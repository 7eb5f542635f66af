package io.streams;

import java.util.concurrent.CompletableFuture;

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
	private final @Nullable ReadSide side;

	ReadFuture(@Nullable ReadSide side) {
		this.side = side;
	}

	/** Takes the read back, or says that it was settled. */
	private boolean withdraw() {
		return this.side != null && this.side.withdraw(this);
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
		return withdraw() && super.completeExceptionally(failure);
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

}
