package io.streams.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

import io.streams.benchmarks.process.ProcessFigures;
import io.streams.benchmarks.report.Metric;

/**
 * Has measuring wait for moments in which nobody else uses the machine, and measures
 * again what others disturbed; for so long as the patience for a turn lasts.
 */
final class QuietMachine {

	/** Others may use so much: per cent of a core. */
	private static final double TOLERATED = 15;

	private static final long LOOK_MILLIS = 1000;

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
		long before = ProcessFigures.machineCpuNanos();
		Thread.sleep(LOOK_MILLIS);
		return 100.0 * (ProcessFigures.machineCpuNanos() - before) / (LOOK_MILLIS * 1e6);
	}

	/** What is measured. */
	@FunctionalInterface
	interface Turn {

		Map<Metric, Double> run() throws IOException, InterruptedException;

	}

}
