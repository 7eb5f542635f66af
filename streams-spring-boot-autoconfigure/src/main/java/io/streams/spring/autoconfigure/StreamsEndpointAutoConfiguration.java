package io.streams.spring.autoconfigure;

import io.streams.spring.actuate.StreamsEndpoint;
import io.streams.spring.server.StreamServers;
import io.streams.transport.TransportFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link StreamsEndpoint}.
 */
@AutoConfiguration(after = StreamsAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(StreamsEndpoint.class)
@ConditionalOnBean(StreamServers.class)
public final class StreamsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamsEndpoint streamsEndpoint(StreamServers servers, ObjectProvider<TransportFactory> transports) {
		return new StreamsEndpoint(servers, () -> transports.getObject().loops());
	}

}
