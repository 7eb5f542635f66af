package io.streams.spring.autoconfigure;

import java.util.HashSet;
import java.util.Set;

import io.streams.FlightRecorderListener;
import io.streams.StreamListener;
import io.streams.Streams;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.handler.StreamHandlerDiscovery;
import io.streams.spring.server.StreamServerCustomizer;
import io.streams.spring.server.StreamServerDefinitions;
import io.streams.spring.server.StreamServerFactory;
import io.streams.spring.server.StreamServerGracefulShutdownLifecycle;
import io.streams.spring.server.StreamServerHandlerDecorator;
import io.streams.spring.server.StreamServerListenerFactory;
import io.streams.spring.server.StreamServerStartStopLifecycle;
import io.streams.spring.server.StreamServers;
import io.streams.transport.TransportFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of a stream server for each
 * {@link StreamHandler @StreamHandler}. An application without any gets no event loop and
 * listens nowhere. In a hierarchy of contexts each one serves its own handlers; event
 * loops are those of the parent, if it has any.
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnClass(Streams.class)
@ConditionalOnBooleanProperty(name = "streams.enabled", matchIfMissing = true)
@EnableConfigurationProperties(StreamsProperties.class)
public final class StreamsAutoConfiguration {

	@Bean(destroyMethod = "close")
	@Lazy
	@ConditionalOnMissingBean
	TransportFactory streamsTransportFactory(StreamsProperties properties) {
		MemoryLimit.apply(properties.buffers());
		return TransportsMapper.map(properties.loops());
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	StreamServerDefinitions streamServerDefinitions(ConfigurableListableBeanFactory beanFactory,
			StreamsProperties properties, ObjectProvider<LifecycleProperties> lifecycleProperties,
			ObjectProvider<SslBundles> sslBundles) {
		LifecycleProperties lifecycle = lifecycleProperties.getIfAvailable(LifecycleProperties::new);
		GracePeriods gracePeriods = new GracePeriods(properties.shutdown().gracePeriod(),
				lifecycle.getTimeoutPerShutdownPhase());
		return new ConfiguredStreamServers(new StreamHandlerDiscovery(beanFactory), properties, gracePeriods,
				sslBundles.getIfAvailable(DefaultSslBundleRegistry::new), () -> serversOfAncestors(beanFactory));
	}

	/** The names of the servers that the contexts above this one have. */
	private static Set<String> serversOfAncestors(HierarchicalBeanFactory beanFactory) {
		Set<String> names = new HashSet<>();
		BeanFactory each = beanFactory.getParentBeanFactory();
		while (each != null) {
			each.getBeanProvider(StreamServers.class).ifUnique((servers) -> names.addAll(servers.getNames()));
			each = (each instanceof HierarchicalBeanFactory factory) ? factory.getParentBeanFactory() : null;
		}
		return names;
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	StreamServerFactory streamServerFactory(ObjectProvider<TransportFactory> transports,
			ObjectProvider<StreamServerCustomizer> customizers, ObjectProvider<StreamListener> listeners,
			ObjectProvider<StreamServerListenerFactory> listenerFactories,
			ObjectProvider<StreamServerHandlerDecorator> decorators) {
		return new StreamServerFactory(transports, customizers, listeners, listenerFactories, decorators);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	StreamServers streamServers() {
		return new StreamServers();
	}

	@Bean
	StreamServerStartStopLifecycle streamServerStartStopLifecycle(StreamServerDefinitions definitions,
			StreamServerFactory factory, StreamServers servers, ApplicationContext context) {
		return new StreamServerStartStopLifecycle(definitions, factory, servers, context);
	}

	@Bean
	StreamServerGracefulShutdownLifecycle streamServerGracefulShutdownLifecycle(StreamServers servers) {
		return new StreamServerGracefulShutdownLifecycle(servers);
	}

	/** Apart, because an image made with jlink may be without the Flight Recorder. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "jdk.jfr.Event")
	@ConditionalOnBooleanProperty(name = "streams.jfr.enabled", matchIfMissing = true)
	static final class FlightRecorderConfiguration {

		@Bean
		@ConditionalOnMissingBean
		FlightRecorderListener streamsFlightRecorderListener() {
			return new FlightRecorderListener();
		}

	}

}
