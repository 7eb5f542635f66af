package io.streams.spring.metrics;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.streams.CloseReason;
import io.streams.HandlerOutcome;
import io.streams.HandshakeOutcome;
import io.streams.RejectReason;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamsMeters}: what is registered is what is documented.
 */
class StreamsMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void metersOfAServerAreThoseOfTheDocumentation() {
		new StreamsMetrics(this.registry, (name) -> null, List::of).createListener("echo");
		Map<String, String> documented = new TreeMap<>();
		for (StreamsMeters meter : StreamsMeters.values()) {
			Set<String> keys = Arrays.stream(meter.getKeyNames()).map(KeyName::asString).collect(toSet());
			documented.put(meter.getName(), describe(meter.getType(), keys, meter.getDescription()));
		}
		Map<String, String> registered = new TreeMap<>();
		for (Meter meter : metersWithoutBuckets()) {
			Set<String> keys = meter.getId().getTags().stream().map(Tag::getKey).collect(toSet());
			registered.put(meter.getId().getName(),
					describe(meter.getId().getType(), keys, meter.getId().getDescription()));
		}
		assertThat(registered).isEqualTo(documented);
	}

	@Test
	void everyTimerCountsInBuckets() {
		new StreamsMetrics(this.registry, (name) -> null, List::of).createListener("echo");
		List<Timer> timers = this.registry.getMeters()
			.stream()
			.filter(Timer.class::isInstance)
			.map(Timer.class::cast)
			.toList();
		assertThat(timers).isNotEmpty()
			.allSatisfy((timer) -> assertThat(timer.takeSnapshot().histogramCounts())
				.extracting((bucket) -> Duration.ofNanos((long) bucket.bucket()))
				.containsExactlyElementsOf(StreamsMeters.BUCKETS));
	}

	@Test
	void baseUnitsAreThoseOfTheDocumentation() {
		new StreamsMetrics(this.registry, (name) -> null, List::of).createListener("echo");
		for (StreamsMeters documented : StreamsMeters.values()) {
			assertThat(this.registry.getMeters()).filteredOn((meter) -> isOf(meter, documented))
				.isNotEmpty()
				.extracting((meter) -> meter.getId().getBaseUnit())
				.containsOnly((documented.getType() == Meter.Type.TIMER) ? "seconds" : documented.getBaseUnit());
		}
	}

	@Test
	void everyMeterExistsFromTheBeginningForEveryValueOfItsTags() {
		new StreamsMetrics(this.registry, (name) -> null, List::of).createListener("echo");
		assertThat(valuesOf(StreamsMeters.BYTES, "direction")).containsExactlyInAnyOrder("read", "write");
		assertThat(valuesOf(StreamsMeters.CONNECTIONS_CLOSED, "reason"))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(CloseReason.values()).map(CloseReason::text).toList());
		assertThat(valuesOf(StreamsMeters.CONNECTIONS_REJECTED, "reason"))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(RejectReason.values()).map(RejectReason::text).toList());
		assertThat(valuesOf(StreamsMeters.HANDLER_TIME, "outcome")).containsExactlyInAnyOrderElementsOf(
				Arrays.stream(HandlerOutcome.values()).map(HandlerOutcome::text).toList());
		assertThat(valuesOf(StreamsMeters.TLS_HANDSHAKE_TIME, "outcome")).containsExactlyInAnyOrderElementsOf(
				Arrays.stream(HandshakeOutcome.values()).map(HandshakeOutcome::text).toList());
		assertThat(this.registry.getMeters()).allSatisfy((meter) -> meter.measure()
			.forEach((measurement) -> assertThat(measurement.getValue()).as(meter.getId().toString()).isZero()));
	}

	@Test
	void serverThatIsStartedAgainGoesOnWithItsMeters() {
		StreamsMetrics metrics = new StreamsMetrics(this.registry, (name) -> null, List::of);
		assertThat(metrics.createListener("echo")).isSameAs(metrics.createListener("echo"));
		int meters = this.registry.getMeters().size();
		metrics.createListener("other");
		assertThat(this.registry.getMeters()).hasSize(2 * meters - 1);
	}

	/** This registry shows the buckets of its timers as meters, which others do not. */
	private List<Meter> metersWithoutBuckets() {
		return this.registry.getMeters()
			.stream()
			.filter((meter) -> !meter.getId().getName().endsWith(".histogram"))
			.toList();
	}

	private Set<String> valuesOf(StreamsMeters documented, String key) {
		return this.registry.getMeters()
			.stream()
			.filter((meter) -> isOf(meter, documented))
			.map((meter) -> Objects.requireNonNull(meter.getId().getTag(key)))
			.collect(toSet());
	}

	private static boolean isOf(Meter meter, StreamsMeters documented) {
		return meter.getId().getName().equals(documented.getName());
	}

	private static String describe(Meter.Type type, Set<String> keys, String description) {
		return type + " " + keys + " " + description;
	}

	private static java.util.stream.Collector<String, ?, Set<String>> toSet() {
		return Collectors.toCollection(TreeSet::new);
	}

}
