package io.streams.benchmarks.report;

import java.util.Map;

/**
 * The figures of one contestant under one workload in one turn.
 *
 * @param workload the workload's name
 * @param contestant the contestant's name
 * @param round the round, from 1: in each, the processes are new
 * @param turn the turn in that round, from 1
 * @param values the figures
 */
public record Measurement(String workload, String contestant, int round, int turn, Map<Metric, Double> values) {

	public Measurement {
		values = Map.copyOf(values);
	}

	/** Whether both were taken in the same turn. */
	boolean isBeside(Measurement other) {
		return this.round == other.round && this.turn == other.turn;
	}

}
