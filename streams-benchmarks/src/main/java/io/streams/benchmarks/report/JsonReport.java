package io.streams.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A report as JSON for programs: each turn's figures, and their summary.
 */
public final class JsonReport {

	private final Report report;

	public JsonReport(Report report) {
		this.report = report;
	}

	/**
	 * Writes the document.
	 * @return the text
	 */
	public String text() {
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("environment", this.report.environment());
		document.put("baselines", this.report.baselines());
		document.put("units", this.report.units());
		document.put("summary", summary());
		document.put("measurements", this.report.measurements().stream().map(JsonReport::measurement).toList());
		document.put("failures", this.report.failures());
		return Json.text(document) + "\n";
	}

	private List<Object> summary() {
		List<Object> summaries = new ArrayList<>();
		for (String workload : this.report.units().keySet()) {
			for (String contestant : this.report.contestants(workload)) {
				Map<String, Object> summary = new LinkedHashMap<>();
				summary.put("workload", workload);
				summary.put("contestant", contestant);
				for (Metric metric : this.report.metrics(workload)) {
					this.report.spread(workload, contestant, metric)
						.ifPresent((spread) -> summary.put(metric.id(),
								spread(spread, this.report.ratio(workload, contestant, metric))));
				}
				summaries.add(summary);
			}
		}
		return summaries;
	}

	private static Map<String, Object> spread(Spread spread, Optional<Spread> ratio) {
		Map<String, Object> figures = new LinkedHashMap<>();
		figures.put("median", spread.median());
		figures.put("min", spread.min());
		figures.put("max", spread.max());
		ratio.ifPresent((times) -> figures.put("ratio", spread(times, Optional.empty())));
		return figures;
	}

	private static Map<String, Object> measurement(Measurement measurement) {
		Map<String, Object> figures = new LinkedHashMap<>();
		figures.put("workload", measurement.workload());
		figures.put("contestant", measurement.contestant());
		figures.put("round", measurement.round());
		figures.put("turn", measurement.turn());
		for (Metric metric : Metric.values()) {
			Double value = measurement.values().get(metric);
			if (value != null) {
				figures.put(metric.id(), value);
			}
		}
		return figures;
	}

}
