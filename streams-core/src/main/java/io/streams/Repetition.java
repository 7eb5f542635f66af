package io.streams;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.streams.flow.CurrentLoop;

import org.jspecify.annotations.Nullable;

/**
 * Runs asynchronous steps one after the other. No future refers to the next one, so the
 * memory does not grow; a step that completes while it is started is followed in a loop,
 * so the stack does not grow either.
 */
final class Repetition {

	/** Steps in a row that complete at once before other work may run. */
	private static final int MAX_READY_IN_ROW = 64;

	private final Supplier<? extends CompletionStage<Boolean>> step;

	private final CompletableFuture<@Nullable Void> result = new CompletableFuture<>();

	/**
	 * Requests to start a step. The thread that raises the count from 0 starts steps
	 * until the count is 0 again; other threads only raise it.
	 */
	private final AtomicInteger requests = new AtomicInteger();

	/**
	 * The step that runs. Written by the thread that starts steps; read by the thread
	 * that completes the result, which may be another.
	 */
	private volatile @Nullable CompletionStage<Boolean> running;

	/** Guarded by {@link #requests}: steps that completed while they were started. */
	private int readyInRow;

	Repetition(Supplier<? extends CompletionStage<Boolean>> step) {
		this.step = Objects.requireNonNull(step,
				"step is null: give a function that starts a step and returns its stage");
	}

	CompletableFuture<@Nullable Void> start() {
		this.result.whenComplete((nothing, failure) -> cancel(this.running));
		proceed();
		return this.result;
	}

	private void proceed() {
		if (this.requests.getAndIncrement() > 0) {
			// A thread starts steps already, further up this stack or elsewhere.
			return;
		}
		do {
			if (!this.result.isDone()) {
				startStep();
			}
		}
		while (this.requests.decrementAndGet() > 0);
	}

	private void startStep() {
		try {
			CompletionStage<Boolean> stage = Objects.requireNonNull(this.step.get(),
					"the step returned null: return a stage that completes with whether another step follows");
			this.running = stage;
			boolean ready = stage instanceof Future<?> future && future.isDone();
			this.readyInRow = ready ? this.readyInRow + 1 : 0;
			stage.whenComplete(this::completed);
			if (this.result.isDone()) {
				// It was cancelled before this step was visible.
				cancel(stage);
			}
		}
		catch (Throwable ex) {
			this.result.completeExceptionally(ex);
		}
	}

	private void completed(@Nullable Boolean another, @Nullable Throwable failure) {
		this.running = null;
		if (failure != null) {
			this.result.completeExceptionally(failure);
		}
		else if (another == null) {
			this.result.completeExceptionally(new NullPointerException(
					"the step completed with null: complete it with whether another step follows"));
		}
		else if (!another) {
			this.result.complete(null);
		}
		else if (this.readyInRow < MAX_READY_IN_ROW) {
			proceed();
		}
		else {
			yieldAndProceed();
		}
	}

	/** Steps that never wait would keep other connections of this loop waiting. */
	private void yieldAndProceed() {
		this.readyInRow = 0;
		Executor loop = CurrentLoop.executor();
		if (loop != null) {
			loop.execute(this::proceed);
		}
		else {
			Thread.yield();
			proceed();
		}
	}

	private static void cancel(@Nullable CompletionStage<Boolean> stage) {
		if (stage instanceof Future<?> future) {
			future.cancel(true);
		}
	}

}
