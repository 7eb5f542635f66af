package io.streams.spring.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import io.micrometer.core.instrument.Meter;
import io.streams.CloseReason;
import io.streams.HandlerOutcome;
import io.streams.RejectReason;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alerts ask for meters and tags that exist.
 */
class GrafanaTests {

	private static final Path GRAFANA = Path.of("..", "docs", "grafana");

	private static final Pattern METRIC = Pattern.compile("streams_[a-z_]+");

	private static final Pattern SELECTED = Pattern.compile("([a-z]+)=~?\"([^\"]*)\"");

	private static final Pattern GROUPED = Pattern.compile("\\b(?:by|on) \\(([a-z, ]+)\\)");

	@Test
	void dashboardAsksForWhatThereIs() throws IOException {
		String dashboard = Files.readString(GRAFANA.resolve("streams-dashboard.json"));
		List<String> expressions = JsonPath.read(dashboard, "$.panels[*].targets[*].expr");
		assertThat(expressions).hasSizeGreaterThan(10).allSatisfy(GrafanaTests::assertValid);
		List<String> queries = JsonPath.read(dashboard, "$.templating.list[?(@.type=='query')].query");
		assertThat(queries).isNotEmpty().allSatisfy(GrafanaTests::assertValid);
	}

	@Test
	void everyMeterIsOnTheDashboard() throws IOException {
		String dashboard = Files.readString(GRAFANA.resolve("streams-dashboard.json"));
		assertThat(StreamsMeters.values())
			.allSatisfy((meter) -> assertThat(prometheusNames(meter)).anyMatch(dashboard::contains));
	}

	@Test
	void panelsHaveNumbersOfTheirOwn() throws IOException {
		String dashboard = Files.readString(GRAFANA.resolve("streams-dashboard.json"));
		assertThat(JsonPath.<List<Integer>>read(dashboard, "$.panels[*].id")).doesNotHaveDuplicates();
	}

	@Test
	void alertsAskForWhatThereIs() throws IOException {
		Map<String, List<Map<String, List<Map<String, Object>>>>> file = new Yaml()
			.load(Files.readString(GRAFANA.resolve("alerts.yml")));
		List<Map<String, Object>> rules = file.get("groups").get(0).get("rules");
		assertThat(rules).hasSizeGreaterThan(5).allSatisfy((rule) -> {
			assertThat(rule).containsKeys("alert", "expr", "labels", "annotations");
			assertValid((String) rule.get("expr"));
		});
	}

	private static void assertValid(String expression) {
		List<String> names = find(METRIC, expression, 0);
		Set<String> known = Arrays.stream(StreamsMeters.values())
			.flatMap((meter) -> prometheusNames(meter).stream())
			.collect(Collectors.toSet());
		assertThat(names).as(expression).isNotEmpty().isSubsetOf(known);
		Set<String> tags = names.stream().flatMap((name) -> tagsOf(name).stream()).collect(Collectors.toSet());
		assertThat(find(SELECTED, expression, 1)).as(expression).isSubsetOf(tags);
		List<String> grouped = new ArrayList<>();
		find(GROUPED, expression, 1).forEach((list) -> grouped.addAll(List.of(list.split(", "))));
		grouped.remove("instance");
		assertThat(grouped).as(expression).isSubsetOf(tags);
		SELECTED.matcher(expression).results().forEach(GrafanaTests::assertValueExists);
	}

	private static void assertValueExists(MatchResult selected) {
		List<String> values = List.of(selected.group(2).split("\\|"));
		switch (selected.group(1)) {
			case "reason" -> assertThat(values).isSubsetOf(
					Stream
						.concat(Arrays.stream(CloseReason.values()).map(CloseReason::text),
								Arrays.stream(RejectReason.values()).map(RejectReason::text))
						.toList());
			case "outcome" -> assertThat(values)
				.isSubsetOf(Arrays.stream(HandlerOutcome.values()).map(HandlerOutcome::text).toList());
			case "direction" ->
				assertThat(values).isSubsetOf(Arrays.stream(Direction.values()).map(Direction::text).toList());
			default -> assertThat(values).containsExactly("$server");
		}
	}

	private static List<String> tagsOf(String prometheusName) {
		return Arrays.stream(StreamsMeters.values())
			.filter((meter) -> prometheusNames(meter).contains(prometheusName))
			.flatMap((meter) -> Arrays.stream(meter.getKeyNames()))
			.map((key) -> key.asString())
			.toList();
	}

	private static List<String> find(Pattern pattern, String text, int group) {
		return pattern.matcher(text).results().map((match) -> match.group(group)).toList();
	}

	/** The names that Micrometer's Prometheus registry gives to a meter. */
	private static List<String> prometheusNames(StreamsMeters meter) {
		String name = meter.getName().replace('.', '_');
		if (meter.getType() == Meter.Type.TIMER) {
			return Stream.of("_count", "_sum", "_max").map((suffix) -> name + "_seconds" + suffix).toList();
		}
		String unit = (meter.getBaseUnit() != null && !name.endsWith("_" + meter.getBaseUnit()))
				? "_" + meter.getBaseUnit() : "";
		return List.of(name + unit + ((meter.getType() == Meter.Type.COUNTER) ? "_total" : ""));
	}

}
