package io.streams.benchmarks.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a run has found.
 *
 * @param environment where and how it ran, by name
 * @param baselines the contestant to whom all are compared, by the workload's name
 * @param units the unit of each workload's counts, by the workload's name, in the order
 * of the report
 * @param measurements the figures, in the order in which they were taken
 * @param failures what did not work
 */
public record Report(Map<String, String> environment, Map<String, String> baselines, Map<String, String> units,
		List<Measurement> measurements, List<String> failures) {

	List<String> contestants(String workload) {
		return of(workload).map(Measurement::contestant).distinct().toList();
	}

	List<Metric> metrics(String workload) {
		return Arrays.stream(Metric.values())
			.filter((metric) -> of(workload).anyMatch((measurement) -> measurement.values().containsKey(metric)))
			.toList();
	}

	/** The spread over all turns. */
	Optional<Spread> spread(String workload, String contestant, Metric metric) {
		return spread(figures(workload, contestant, metric));
	}

	/** The spread of the ratios to the baseline, each of one turn. */
	Optional<Spread> ratio(String workload, String contestant, Metric metric) {
		List<Double> ratios = new ArrayList<>();
		of(workload).filter((measurement) -> measurement.contestant().equals(contestant))
			.forEach((measurement) -> of(workload).filter(
					(other) -> other.contestant().equals(this.baselines.get(workload)) && other.isBeside(measurement))
				.findFirst()
				.ifPresent((other) -> {
					Double own = measurement.values().get(metric);
					Double theirs = other.values().get(metric);
					if (own != null && theirs != null && theirs > 0) {
						ratios.add(own / theirs);
					}
				}));
		return spread(ratios);
	}

	private List<Double> figures(String workload, String contestant, Metric metric) {
		return of(workload).filter((measurement) -> measurement.contestant().equals(contestant))
			.map((measurement) -> Optional.ofNullable(measurement.values().get(metric)))
			.flatMap(Optional::stream)
			.toList();
	}

	private Stream<Measurement> of(String workload) {
		return this.measurements.stream().filter((measurement) -> measurement.workload().equals(workload));
	}

	private static Optional<Spread> spread(List<Double> figures) {
		return figures.isEmpty() ? Optional.empty() : Optional.of(Spread.of(figures));
	}

}
