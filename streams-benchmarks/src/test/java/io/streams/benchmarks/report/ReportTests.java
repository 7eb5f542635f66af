package io.streams.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTests {

	private final List<Measurement> measurements = new ArrayList<>();

	private final Report report = new Report(Map.of("java", "a \"good\" one"), Map.of("echo", "theirs"),
			Map.of("echo", "messages"), this.measurements, List.of("echo, round 9: broken"));

	@Test
	void ratiosAreOfTheSameTurn() {
		measured("ours", 1, 1, Map.of(Metric.RATE, 100.0));
		measured("theirs", 1, 1, Map.of(Metric.RATE, 50.0));
		measured("ours", 1, 2, Map.of(Metric.RATE, 300.0));
		measured("ours", 2, 1, Map.of(Metric.RATE, 900.0));
		measured("theirs", 1, 2, Map.of(Metric.RATE, 300.0));
		assertThat(this.report.spread("echo", "ours", Metric.RATE)).contains(new Spread(300, 100, 900));
		assertThat(this.report.ratio("echo", "ours", Metric.RATE)).contains(new Spread(1.5, 1, 2));
		assertThat(this.report.ratio("echo", "ours", Metric.P99)).isEmpty();
	}

	@Test
	void drawsATableForEachWorkload() {
		measured("ours", 1, 1, Map.of(Metric.RATE, 100.0, Metric.SERVER_CPU, 1.234));
		measured("theirs", 1, 1, Map.of(Metric.RATE, 50.0, Metric.SERVER_CPU, 2.468));
		assertThat(new TextReport(this.report).text()).contains("### echo (messages; × to theirs)")
			.contains("| ours       | 100 [100 .. 100] | 2.00 [2.00 .. 2.00] | 1.23        | 0.50 |      |")
			.contains("- echo, round 9: broken");
	}

	@Test
	void saysWhenTheLoadGeneratorWasTheLimit() {
		measured("ours", 1, 1, Map.of(Metric.SERVER_SHARE, 70.0, Metric.LOAD_SHARE, 97.0));
		measured("theirs", 1, 1, Map.of(Metric.SERVER_SHARE, 99.0, Metric.LOAD_SHARE, 97.0));
		assertThat(new TextReport(this.report).text().lines())
			.filteredOn((line) -> line.contains("the load generator was the limit"))
			.singleElement()
			.asString()
			.startsWith("| ours");
	}

	@Test
	void writesJson() {
		measured("theirs", 1, 1, Map.of(Metric.RATE, 123456.789));
		assertThat(new JsonReport(this.report).text()).contains("\"java\": \"a \\\"good\\\" one\"")
			.contains("\"rate\": 123457")
			.contains("\"turn\": 1")
			.contains("\"ratio\": {")
			.contains("\"failures\": [");
	}

	private void measured(String contestant, int round, int turn, Map<Metric, Double> values) {
		this.measurements.add(new Measurement("echo", contestant, round, turn, values));
	}

}
