package io.streams.spring.autoconfigure;

import io.streams.spring.health.StreamsHealthIndicator;
import io.streams.spring.server.StreamServers;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the health of stream servers.
 */
@AutoConfiguration(after = StreamsAutoConfiguration.class, before = HealthContributorAutoConfiguration.class)
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(StreamServers.class)
@ConditionalOnEnabledHealthIndicator("streams")
public final class StreamsHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "streamsHealthIndicator", search = SearchStrategy.CURRENT)
	StreamsHealthIndicator streamsHealthIndicator(StreamServers servers) {
		return new StreamsHealthIndicator(servers);
	}

}
