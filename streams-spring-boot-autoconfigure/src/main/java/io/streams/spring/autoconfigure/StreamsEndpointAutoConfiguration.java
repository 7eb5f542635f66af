package io.streams.spring.autoconfigure;

import io.streams.spring.actuate.OperatorLog;
import io.streams.spring.actuate.PageJson;
import io.streams.spring.actuate.ServletRequestInfo;
import io.streams.spring.actuate.StreamsEndpoint;
import io.streams.spring.actuate.StreamsEndpointWebExtension;
import io.streams.spring.actuate.StreamsHistory;
import io.streams.spring.actuate.WriteGuard;
import io.streams.spring.server.StreamServers;
import io.streams.transport.TransportFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link StreamsEndpoint}.
 */
@AutoConfiguration(after = StreamsAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(StreamsEndpoint.class)
@ConditionalOnBean(StreamServers.class)
@EnableConfigurationProperties(StreamsEndpointProperties.class)
public final class StreamsEndpointAutoConfiguration {

	private static final EndpointId ID = EndpointId.of("streams");

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	StreamsHistory streamsHistory() {
		return new StreamsHistory();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	StreamsEndpoint streamsEndpoint(StreamServers servers, ObjectProvider<TransportFactory> transports,
			StreamsHistory history, ApplicationEventPublisher publisher,
			ObjectProvider<EndpointAccessResolver> accessResolver) {
		OperatorLog operators = new OperatorLog(publisher, history);
		return new StreamsEndpoint(servers, () -> transports.getObject().loops(), history, operators,
				allowsActions(accessResolver.getIfAvailable()));
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	StreamsEndpointWebExtension streamsEndpointWebExtension(StreamsEndpoint endpoint,
			StreamsEndpointProperties properties, ObjectProvider<WriteGuard> guard,
			ObjectProvider<EndpointJsonMapper> mapper) {
		return new StreamsEndpointWebExtension(endpoint,
				guard.getIfAvailable(() -> new WriteGuard(properties.allowedHosts(), () -> null)),
				pageJson(mapper.getIfAvailable()));
	}

	/**
	 * The application's own mapper writes the responses where there is no mapper of
	 * endpoints.
	 */
	private static @Nullable PageJson pageJson(@Nullable EndpointJsonMapper mapper) {
		return (mapper != null) ? new PageJson((page) -> mapper.get().writeValueAsBytes(page)) : null;
	}

	/** Only Spring MVC shows the request to the thread that acts. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherServlet.class)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static final class ServletConfiguration {

		@Bean
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		WriteGuard streamsWriteGuard(StreamsEndpointProperties properties) {
			return new WriteGuard(properties.allowedHosts(), ServletRequestInfo::current);
		}

	}

	private static boolean allowsActions(@Nullable EndpointAccessResolver resolver) {
		return resolver != null && resolver.accessFor(ID, Access.READ_ONLY) == Access.UNRESTRICTED;
	}

}
