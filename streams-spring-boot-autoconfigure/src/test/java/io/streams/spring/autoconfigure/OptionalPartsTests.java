package io.streams.spring.autoconfigure;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.streams.spring.actuate.OperatorLog;
import io.streams.spring.actuate.StreamsEndpoint;
import io.streams.spring.actuate.StreamsHistory;
import io.streams.spring.health.StreamsHealthIndicator;
import io.streams.spring.metrics.StreamsMetrics;
import io.streams.spring.server.EchoServer;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Actuator, health, Micrometer and Reactor are optional: servers run in every
 * combination, and each part is there exactly when its library is.
 */
class OptionalPartsTests {

	private static final AutoConfigurations OURS = AutoConfigurations.of(LifecycleAutoConfiguration.class,
			StreamsAutoConfiguration.class, StreamsEndpointAutoConfiguration.class,
			StreamsHealthContributorAutoConfiguration.class, StreamsMetricsAutoConfiguration.class);

	/** Reactor, which is optional too, and what would only take time. */
	private static final List<String> NEVER = List.of("reactor-core", "reactive-streams", "spring-web", "tomcat",
			"spring-boot-web", "spring-boot-servlet", "spring-boot-tomcat", "spring-security", "spring-boot-security",
			"spring-boot-http", "spring-boot-jackson", "jackson", "mockito", "byte-buddy", "archunit");

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(OURS)
		.withBean(EchoServer.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	@ParameterizedTest
	@MethodSource("combinations")
	void everyCombinationServes(Set<Part> absent) throws Exception {
		try (URLClassLoader classLoader = new URLClassLoader(classPathWithout(absent),
				ClassLoader.getPlatformClassLoader())) {
			Class<?> application = classLoader.loadClass(OptionalPartsApplication.class.getName());
			Method run = application.getDeclaredMethod("run");
			run.setAccessible(true);
			assertThat(run.invoke(null)).asString().isEqualTo(expectedWithout(absent));
		}
	}

	/**
	 * Jars are left out in truth: a filtering class loader would still find annotations.
	 */
	private static URL[] classPathWithout(Set<Part> absent) throws MalformedURLException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		List<URL> urls = new ArrayList<>();
		for (String entry : classPath.split(File.pathSeparator)) {
			Path path = Path.of(entry);
			String jar = path.getFileName().toString();
			if (NEVER.stream().noneMatch(jar::startsWith) && absent.stream().noneMatch((part) -> part.isIn(jar))) {
				urls.add(path.toUri().toURL());
			}
		}
		return urls.toArray(URL[]::new);
	}

	private static String expectedWithout(Set<Part> absent) {
		List<String> expected = new ArrayList<>(List.of("echoed hello"));
		for (Part part : Part.values()) {
			if (!absent.contains(part)) {
				expected.add(part.bean);
			}
		}
		return String.join(", ", expected);
	}

	static Stream<Set<Part>> combinations() {
		return IntStream.range(0, 1 << Part.values().length)
			.mapToObj((bits) -> Arrays.stream(Part.values())
				.filter((part) -> (bits & (1 << part.ordinal())) != 0)
				.collect(Collectors.toCollection(() -> EnumSet.noneOf(Part.class))));
	}

	@Test
	void noMetricsWithoutMeterRegistry() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(MeterRegistry.class)
			.doesNotHaveBean(StreamsMetrics.class));
	}

	@Test
	void noEndpointUnlessExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(StreamsEndpoint.class));
	}

	@Test
	void noEndpointWithoutAccess() {
		this.runner.withPropertyValues("management.endpoint.streams.access=NONE")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(StreamsEndpoint.class));
	}

	@Test
	void noHealthWhenDisabled() {
		this.runner.withPropertyValues("management.health.streams.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(StreamsHealthIndicator.class));
	}

	@Test
	void nothingWithoutServers() {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
							SimpleMetricsExportAutoConfiguration.class, HealthContributorAutoConfiguration.class))
			.withPropertyValues("streams.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(StreamsEndpoint.class)
				.doesNotHaveBean(StreamsMetrics.class)
				.doesNotHaveBean(StreamsHealthIndicator.class));
	}

	@Test
	void partsCanBeReplaced() {
		this.runner
			.withBean("streamsHealthIndicator", StreamsHealthIndicator.class,
					() -> new StreamsHealthIndicator(new StreamServers()))
			.withBean(StreamsEndpoint.class, () -> emptyEndpoint())
			.run((context) -> {
				assertThat(context).hasSingleBean(StreamsHealthIndicator.class).hasSingleBean(StreamsEndpoint.class);
				assertThat(context.getBean(StreamsEndpoint.class).streams().servers()).isEmpty();
			});
	}

	private static StreamsEndpoint emptyEndpoint() {
		StreamsHistory history = new StreamsHistory();
		OperatorLog operators = new OperatorLog((event) -> {
		}, history);
		return new StreamsEndpoint(new StreamServers(), List::of, history, operators, false);
	}

	/** What may be absent from the class path. */
	enum Part {

		ACTUATOR("streamsEndpoint", "spring-boot-actuator"),

		HEALTH("streamsHealthIndicator", "spring-boot-health"),

		MICROMETER("streamsMetrics", "micrometer-core", "spring-boot-micrometer-metrics");

		private final String bean;

		private final String[] jars;

		Part(String bean, String... jars) {
			this.bean = bean;
			this.jars = jars;
		}

		boolean isIn(String jar) {
			return Arrays.stream(this.jars).anyMatch(jar::startsWith);
		}

	}

}
