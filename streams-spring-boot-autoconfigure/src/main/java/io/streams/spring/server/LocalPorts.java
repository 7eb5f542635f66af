package io.streams.spring.server;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.streams.StreamServer;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Tells the environment which ports the servers listen on:
 * {@code local.streams.<server>.port}, as {@code local.server.port} tells the web
 * server's.
 */
final class LocalPorts {

	private static final String PROPERTY_SOURCE_NAME = "streams.ports";

	private LocalPorts() {
	}

	static void publish(StreamServer server, ApplicationContext context) {
		if (server.port() < 0) {
			return;
		}
		for (ApplicationContext each = context; each != null; each = parentOf(each)) {
			if (each instanceof ConfigurableApplicationContext configurable) {
				portsOf(configurable.getEnvironment()).put("local.streams." + server.name() + ".port", server.port());
			}
		}
	}

	private static @Nullable ApplicationContext parentOf(ApplicationContext context) {
		return context.getParent();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> portsOf(ConfigurableEnvironment environment) {
		PropertySource<?> source = environment.getPropertySources().get(PROPERTY_SOURCE_NAME);
		if (source == null) {
			source = new MapPropertySource(PROPERTY_SOURCE_NAME, new ConcurrentHashMap<>());
			environment.getPropertySources().addFirst(source);
		}
		return (Map<String, Object>) source.getSource();
	}

}
