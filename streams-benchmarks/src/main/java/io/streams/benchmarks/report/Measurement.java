package io.streams.benchmarks.report;

import java.util.Map;

/**
 * The figures of one contestant under one workload in one round.
 *
 * @param workload the workload's name
 * @param contestant the contestant's name
 * @param round the round, from 1
 * @param values the figures
 */
public record Measurement(String workload, String contestant, int round, Map<Metric, Double> values) {

	public Measurement {
		values = Map.copyOf(values);
	}

}
