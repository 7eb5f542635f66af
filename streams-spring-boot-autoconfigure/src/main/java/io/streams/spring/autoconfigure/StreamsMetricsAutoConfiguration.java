package io.streams.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.streams.spring.metrics.MemoryMetrics;
import io.streams.spring.metrics.StreamsMetrics;
import io.streams.spring.server.StreamServers;
import io.streams.transport.TransportFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the meters of stream servers.
 */
@AutoConfiguration(after = { StreamsAutoConfiguration.class, MetricsAutoConfiguration.class,
		CompositeMeterRegistryAutoConfiguration.class })
@ConditionalOnClass({ MeterRegistry.class, MetricsAutoConfiguration.class })
@ConditionalOnBean({ MeterRegistry.class, StreamServers.class })
public final class StreamsMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	StreamsMetrics streamsMetrics(MeterRegistry registry, StreamServers servers,
			ObjectProvider<TransportFactory> transports) {
		return new StreamsMetrics(registry, servers::find, () -> transports.getObject().loops());
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	MemoryMetrics streamsMemoryMetrics() {
		return new MemoryMetrics();
	}

}
