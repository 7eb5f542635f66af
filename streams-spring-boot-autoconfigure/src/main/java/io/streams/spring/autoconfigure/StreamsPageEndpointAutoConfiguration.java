package io.streams.spring.autoconfigure;

import io.streams.spring.actuate.StreamsEndpoint;
import io.streams.spring.actuate.StreamsPageEndpoint;
import io.streams.spring.actuate.StreamsPageServletExtension;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link StreamsPageEndpoint},
 * where the endpoint is that it asks.
 */
@AutoConfiguration(after = StreamsEndpointAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(StreamsPageEndpoint.class)
@ConditionalOnWebApplication
@ConditionalOnBean(StreamsEndpoint.class)
@ImportRuntimeHints(StreamsPageEndpointAutoConfiguration.Hints.class)
public final class StreamsPageEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StreamsPageEndpoint streamsPageEndpoint() {
		return new StreamsPageEndpoint();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherServlet.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static final class ServletConfiguration {

		@Bean
		@ConditionalOnMissingBean
		StreamsPageServletExtension streamsPageServletExtension(StreamsPageEndpoint endpoint) {
			return new StreamsPageServletExtension(endpoint);
		}

	}

	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/streams/spring/actuate/streams.html");
		}

	}

}
