package io.streams.benchmarks.report;

import java.util.List;

/**
 * The middle and the ends of some figures.
 *
 * @param median the median
 * @param min the lowest
 * @param max the highest
 */
public record Spread(double median, double min, double max) {

	static Spread of(List<Double> figures) {
		if (figures.isEmpty()) {
			throw new IllegalArgumentException("no figures: give at least one");
		}
		List<Double> sorted = figures.stream().sorted().toList();
		int size = sorted.size();
		double median = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
		return new Spread(median, sorted.get(0), sorted.get(size - 1));
	}

}
