package io.streams.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.streams.spring.metrics.StreamsObservations;
import io.streams.spring.server.StreamServers;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of an observation for each
 * connection.
 */
@AutoConfiguration(after = StreamsAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({ ObservationRegistry.class, MeterRegistry.class })
@ConditionalOnBean({ ObservationRegistry.class, StreamServers.class })
public final class StreamsObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamsObservations streamsObservations(ObservationRegistry registry) {
		return new StreamsObservations(registry);
	}

}
