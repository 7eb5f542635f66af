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

import com.jayway.jsonpath.JsonPath;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alerts ask for what Prometheus is really given: names, tags and
 * values of tags are those of a scrape.
 */
class GrafanaTests {

	private static final Path GRAFANA = Path.of("..", "docs", "grafana");

	private static final Pattern SAMPLE = Pattern.compile("^(streams_[a-z_]+)(?:\\{(.*)})? [-+.0-9EInfNa]+$",
			Pattern.MULTILINE);

	private static final Pattern METRIC = Pattern.compile("streams_[a-z_]+");

	private static final Pattern SELECTED = Pattern.compile("([a-z]+)=~?\"([^\"]*)\"");

	private static final Pattern GROUPED = Pattern.compile("\\b(?:by|on) \\(([a-z, ]+)\\)");

	private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	/** Tags as they are written, by the name of their sample. */
	private final Map<String, Set<String>> scraped = scrape();

	private Map<String, Set<String>> scrape() {
		new StreamsMetrics(this.registry, (name) -> null, List::of).createListener("echo");
		return SAMPLE.matcher(this.registry.scrape())
			.results()
			.collect(Collectors.groupingBy((sample) -> sample.group(1), Collectors.flatMapping(
					(sample) -> find(SELECTED, String.valueOf(sample.group(2)), 0).stream(), Collectors.toSet())));
	}

	@Test
	void timersAreGivenWithTheirBuckets() {
		assertThat(this.scraped).containsKeys("streams_drain_time_seconds_bucket", "streams_paused_time_seconds_bucket",
				"streams_handler_time_seconds_bucket", "streams_tls_handshake_time_seconds_bucket");
		assertThat(this.scraped.get("streams_drain_time_seconds_bucket")).containsExactlyInAnyOrder("server=\"echo\"",
				"le=\"0.001\"", "le=\"0.01\"", "le=\"0.1\"", "le=\"1.0\"", "le=\"10.0\"", "le=\"60.0\"", "le=\"600.0\"",
				"le=\"+Inf\"");
	}

	@Test
	void dashboardAsksForWhatThereIs() throws IOException {
		List<String> expressions = JsonPath.read(dashboard(), "$.panels[*].targets[*].expr");
		assertThat(expressions).hasSizeGreaterThan(10).allSatisfy(this::assertValid);
		List<String> queries = JsonPath.read(dashboard(), "$.templating.list[?(@.type=='query')].query");
		assertThat(queries).isNotEmpty().allSatisfy(this::assertValid);
	}

	@Test
	void everyMeterIsOnTheDashboard() throws IOException {
		List<String> expressions = JsonPath.read(dashboard(), "$.panels[*].targets[*].expr");
		assertThat(StreamsMeters.values()).allSatisfy((meter) -> assertThat(expressions)
			.anyMatch((expression) -> find(METRIC, expression, 0).stream().anyMatch((name) -> isOf(name, meter))));
	}

	@Test
	void panelsHaveNumbersAndPlacesOfTheirOwn() throws IOException {
		assertThat(JsonPath.<List<Integer>>read(dashboard(), "$.panels[*].id")).doesNotHaveDuplicates();
		assertThat(JsonPath.<List<Object>>read(dashboard(), "$.panels[*].gridPos")).doesNotHaveDuplicates();
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

	private void assertValid(String expression) {
		List<String> names = find(METRIC, expression, 0);
		assertThat(names).as(expression).isNotEmpty().isSubsetOf(this.scraped.keySet());
		Set<String> tags = names.stream()
			.flatMap((name) -> this.scraped.get(name).stream())
			.collect(Collectors.toSet());
		Set<String> keys = tags.stream().map((tag) -> tag.substring(0, tag.indexOf('='))).collect(Collectors.toSet());
		assertThat(find(SELECTED, expression, 1)).as(expression).isSubsetOf(keys);
		assertThat(groupedBy(expression)).as(expression).isSubsetOf(keys);
		assertThat(SELECTED.matcher(expression).results()).as(expression)
			.flatMap(GrafanaTests::selectedTags)
			.isSubsetOf(tags);
	}

	private static List<String> groupedBy(String expression) {
		List<String> grouped = new ArrayList<>();
		find(GROUPED, expression, 1).forEach((list) -> grouped.addAll(List.of(list.split(", "))));
		// Prometheus adds it.
		grouped.remove("instance");
		return grouped;
	}

	/** The server is whichever the reader of the dashboard chooses. */
	private static List<String> selectedTags(MatchResult selected) {
		return Arrays.stream(selected.group(2).split("\\|"))
			.map((value) -> selected.group(1) + "=\"" + value.replace("$server", "echo") + "\"")
			.toList();
	}

	private boolean isOf(String prometheusName, StreamsMeters meter) {
		String name = this.registry.config()
			.namingConvention()
			.name(meter.getName(), meter.getType(), meter.getBaseUnit());
		return prometheusName.equals(name) || List.of("_total", "_count", "_sum", "_max", "_bucket")
			.stream()
			.anyMatch((suffix) -> prometheusName.equals(name + suffix));
	}

	private static String dashboard() throws IOException {
		return Files.readString(GRAFANA.resolve("streams-dashboard.json"));
	}

	private static List<String> find(Pattern pattern, String text, int group) {
		return pattern.matcher(text).results().map((match) -> match.group(group)).toList();
	}

}
