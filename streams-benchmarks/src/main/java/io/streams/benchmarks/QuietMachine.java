package io.streams.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import io.streams.benchmarks.process.ProcessFigures;
import io.streams.benchmarks.report.Metric;

/**
 * Has measuring wait for moments in which nobody else uses the machine, and measures
 * again what others disturbed; for so long as the patience for a turn lasts.
 */
final class QuietMachine {

	/** Others may use so much: per cent of a core. */
	private static final double TOLERATED = 15;

	/** Runs what it is given when a look is over. */
	private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

	private final Duration patience;

	QuietMachine(Duration patience) {
		this.patience = patience;
	}

	/** Runs a turn, again and again if it must be; the last one counts. */
	Map<Metric, Double> run(Turn turn) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + this.patience.toNanos();
		while (true) {
			while (System.nanoTime() - deadline < 0 && busy() > TOLERATED) {
				// Looking takes a second.
			}
			Map<Metric, Double> values = turn.run();
			if (System.nanoTime() - deadline >= 0 || values.getOrDefault(Metric.OTHERS_SHARE, 0.0) <= TOLERATED) {
				return values;
			}
		}
	}

	private static double busy() throws IOException, InterruptedException {
		long began = System.nanoTime();
		long before = ProcessFigures.machineCpuNanos();
		FutureTask<Long> after = new FutureTask<>(ProcessFigures::machineCpuNanos);
		LATER.execute(after);
		try {
			return 100.0 * (after.get() - before) / (System.nanoTime() - began);
		}
		catch (ExecutionException ex) {
			throw new IOException("the machine's processor time cannot be read", ex.getCause());
		}
	}

	/** What is measured. */
	@FunctionalInterface
	interface Turn {

		Map<Metric, Double> run() throws IOException, InterruptedException;

	}

}
