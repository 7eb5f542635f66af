package io.streams.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A report as tables for people, in Markdown.
 */
public final class TextReport {

	private static final double LOAD_LIMIT = 95;

	private static final double SERVER_BUSY = 90;

	private final Report report;

	public TextReport(Report report) {
		this.report = report;
	}

	/**
	 * Draws the tables.
	 * @return the text
	 */
	public String text() {
		StringBuilder text = new StringBuilder();
		this.report.environment()
			.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
		text.append(
				"- each figure: the median of all turns [lowest .. highest]; ×: the ratio to the baseline in the same turn\n");
		this.report.units().forEach((workload, unit) -> text.append(section(workload, unit)));
		if (!this.report.failures().isEmpty()) {
			text.append("\nFailed:\n");
			this.report.failures().forEach((failure) -> text.append("- ").append(failure).append('\n'));
		}
		return text.toString();
	}

	private String section(String workload, String unit) {
		List<String> contestants = this.report.contestants(workload);
		if (contestants.isEmpty()) {
			return "";
		}
		Table table = new Table();
		List<Metric> metrics = this.report.metrics(workload);
		List<String> head = new ArrayList<>(List.of("contestant"));
		metrics.forEach((metric) -> head.addAll(head(metric, unit)));
		head.add("note");
		table.row(head);
		for (String contestant : contestants) {
			List<String> row = new ArrayList<>(List.of(contestant));
			metrics.forEach((metric) -> row.addAll(cells(workload, contestant, metric)));
			row.add(note(workload, contestant));
			table.row(row);
		}
		return "\n### " + workload + " (" + unit + "; × to " + this.report.baselines().get(workload) + ")\n\n"
				+ table.text();
	}

	private static List<String> head(Metric metric, String unit) {
		return switch (metric) {
			case RATE -> List.of(unit + "/s", "×");
			case SERVER_SHARE -> List.of("server %");
			case LOAD_SHARE -> List.of("load %");
			case OTHERS_SHARE -> List.of("others %");
			case SERVER_CPU -> List.of("CPU µs each", "×");
			case P99, RESIDENT -> List.of(metric.id() + " " + metric.unit(), "×");
			default -> List.of(metric.id() + " " + metric.unit());
		};
	}

	private List<String> cells(String workload, String contestant, Metric metric) {
		Optional<Spread> spread = this.report.spread(workload, contestant, metric);
		Optional<Spread> ratio = this.report.ratio(workload, contestant, metric);
		return switch (metric) {
			case RATE -> List.of(spread.map((rate) -> range(rate, 0)).orElse("-"),
					ratio.map((times) -> range(times, 2)).orElse("-"));
			case SERVER_CPU -> List.of(median(spread, 2), median(ratio, 2));
			case P99, RESIDENT -> List.of(median(spread, 0), median(ratio, 2));
			default -> List.of(median(spread, 0));
		};
	}

	private String note(String workload, String contestant) {
		double load = this.report.spread(workload, contestant, Metric.LOAD_SHARE).map(Spread::median).orElse(0.0);
		double server = this.report.spread(workload, contestant, Metric.SERVER_SHARE).map(Spread::median).orElse(100.0);
		return (load >= LOAD_LIMIT && server < SERVER_BUSY) ? "the load generator was the limit" : "";
	}

	private static String median(Optional<Spread> spread, int digits) {
		return spread.map((figures) -> number(figures.median(), digits)).orElse("-");
	}

	private static String range(Spread spread, int digits) {
		return number(spread.median(), digits) + " [" + number(spread.min(), digits) + " .. "
				+ number(spread.max(), digits) + "]";
	}

	private static String number(double value, int digits) {
		return String.format(Locale.ROOT, "%." + digits + "f", value);
	}

}
