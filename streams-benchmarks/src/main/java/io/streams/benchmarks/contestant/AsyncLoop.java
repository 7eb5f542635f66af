package io.streams.benchmarks.contestant;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Steps of an asynchronous handler, one after the other for as long as the connection
 * lives. Steps whose future is done already follow in a loop and not by recursion, and no
 * future refers to the next one, as in an endless {@code thenCompose} each would.
 */
abstract class AsyncLoop<T extends @Nullable Object> {

	private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

	/**
	 * Begins.
	 * @return completes when {@link #accept} has said that it was the last step
	 */
	final CompletableFuture<@Nullable Void> start() {
		proceed();
		return this.over;
	}

	/** Starts a step. */
	abstract CompletableFuture<T> next();

	/**
	 * Takes a step's result.
	 * @return whether another step follows
	 */
	abstract boolean accept(T result);

	private void proceed() {
		while (true) {
			CompletableFuture<T> step = next();
			if (!step.isDone()) {
				step.whenComplete(this::resume);
				return;
			}
			if (step.isCompletedExceptionally()) {
				this.over.completeExceptionally(step.exceptionNow());
				return;
			}
			if (!accept(step.resultNow())) {
				this.over.complete(null);
				return;
			}
		}
	}

	private void resume(T result, @Nullable Throwable failure) {
		if (failure != null) {
			this.over.completeExceptionally(failure);
		}
		else if (accept(result)) {
			proceed();
		}
		else {
			this.over.complete(null);
		}
	}

}
