package io.streams.spring.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.streams.FlightRecorderListener;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.autoconfigure.StreamsAutoConfiguration;
import io.streams.spring.autoconfigure.StreamsObservationAutoConfiguration;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StreamsObservations}, and for which listeners there are by default.
 */
class StreamsObservationsTests {

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final Observed observed = new Observed();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, StreamsAutoConfiguration.class,
				StreamsObservationAutoConfiguration.class));

	@Test
	void connectionIsObservedAndKnownToItsHandler() {
		this.registry.observationConfig().observationHandler(this.observed);
		this.runner.withBean(ObservationRegistry.class, () -> this.registry).withBean(Traced.class).run((context) -> {
			assertThat(call(context.getBean(StreamServers.class), 't')).isEqualTo("streams.connection");
			await().until(() -> !this.observed.stopped.isEmpty());
			Observation.Context stopped = this.observed.stopped.get(0);
			assertThat(stopped.getLowCardinalityKeyValues()).containsExactlyInAnyOrder(KeyValue.of("server", "traced"),
					KeyValue.of("outcome", "finished"));
			assertThat(stopped.getHighCardinalityKeyValues()).isEmpty();
			assertThat(stopped.getError()).isNull();
		});
	}

	@Test
	void failureIsObserved() {
		this.registry.observationConfig().observationHandler(this.observed);
		this.runner.withBean(ObservationRegistry.class, () -> this.registry).withBean(Traced.class).run((context) -> {
			call(context.getBean(StreamServers.class), 'f');
			await().until(() -> !this.observed.stopped.isEmpty());
			Observation.Context stopped = this.observed.stopped.get(0);
			assertThat(stopped.getLowCardinalityKeyValue("outcome").getValue()).isEqualTo("failed");
			assertThat(stopped.getError()).hasMessage("on purpose");
		});
	}

	@Test
	void nothingIsObservedWithoutRegistry() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(StreamsObservations.class));
	}

	@Test
	void flightRecorderIsOnUnlessTurnedOffOrAbsent() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(FlightRecorderListener.class));
		this.runner.withPropertyValues("streams.jfr.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FlightRecorderListener.class));
		this.runner.withClassLoader(new FilteredClassLoader("jdk.jfr"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FlightRecorderListener.class));
	}

	private static String call(StreamServers servers, char command) throws IOException {
		try (StreamConnection client = Streams.openConnection("127.0.0.1", servers.get("traced").port())) {
			client.writer().write(new byte[] { (byte) command });
			return new String(client.reader().read(), StandardCharsets.UTF_8);
		}
	}

	static class Traced {

		private final ObservationRegistry registry;

		Traced(ObservationRegistry registry) {
			this.registry = registry;
		}

		@StreamHandler(server = "traced", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
			if (reader.readExactly(1)[0] == 'f') {
				throw new IllegalStateException("on purpose");
			}
			Observation current = this.registry.getCurrentObservation();
			writer.write(current.getContext().getName().getBytes(StandardCharsets.UTF_8));
		}

	}

	/** Keeps what was observed. */
	private static final class Observed implements ObservationHandler<Observation.Context> {

		private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
