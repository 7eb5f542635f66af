package io.streams.flow;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.streams.ModelCheck;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.streams.ModelCheck.join;
import static io.streams.ModelCheck.require;
import static io.streams.ModelCheck.requireEqual;
import static io.streams.ModelCheck.start;

/**
 * Model checks the gate at which {@code drain} waits, with Lincheck: a failure shows the
 * scenario and the switches of threads that lead to it, and comes again in each run.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FlowControlConcurrencyTests {

	@Test
	void everyInterleavingGivesTheAnswersOfASequence() {
		new ModelCheckingOptions().iterations(6)
			.invocationsPerIteration(40)
			.threads(3)
			.actorsPerThread(2)
			.actorsBefore(2)
			.actorsAfter(2)
			.check(Gate.class);
	}

	@Test
	void whoWaitsIsAlwaysReleased() {
		ModelCheck.explore("whoever waits is released", 50, () -> {
			FlowControl flow = new FlowControl(Runnable::run);
			flow.pauseWriting();
			Thread first = start(() -> await(flow.whenResumed()));
			Thread second = start(() -> await(flow.whenResumed()));
			flow.resumeWriting();
			join(first, second);
			requireEqual(flow.waiting(), 0, "waiting drains");
		});
	}

	@Test
	void lossReleasesAndCancellingHarmsNobodyElse() {
		ModelCheck.explore("lost connection, cancelled drain", 20, () -> {
			FlowControl flow = new FlowControl(Runnable::run);
			flow.pauseWriting();
			CompletableFuture<@Nullable Void> cancelled = flow.whenResumed();
			Thread waiter = start(() -> await(flow.whenResumed()));
			Thread canceller = start(() -> cancelled.cancel(false));
			flow.connectionLost(new IOException("lost"));
			join(waiter, canceller);
			requireEqual(flow.waiting(), 0, "waiting drains");
			require(cancelled.isDone(), "the cancelled drain is done");
		});
	}

	private static void await(CompletableFuture<?> future) {
		try {
			future.get();
		}
		catch (ExecutionException ex) {
			require("lost".equals(ex.getCause().getMessage()), "a drain fails with the connection's error");
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The gate's operations, with answers that can be compared. */
	public static class Gate {

		private final FlowControl flow = new FlowControl(Runnable::run);

		@Operation
		public String pauseWriting() {
			return attempt(this.flow::pauseWriting);
		}

		@Operation
		public String resumeWriting() {
			return attempt(this.flow::resumeWriting);
		}

		@Operation
		public void connectionLost() {
			this.flow.connectionLost(new IOException("lost"));
		}

		@Operation
		public String drain() {
			return this.flow.whenResumed().state().toString();
		}

		@Operation
		public String state() {
			return this.flow.state().toString();
		}

		@Operation
		public int waiting() {
			return this.flow.waiting();
		}

		private static String attempt(Runnable move) {
			try {
				move.run();
				return "moved";
			}
			catch (IllegalStateException ex) {
				return "refused";
			}
		}

	}

}
