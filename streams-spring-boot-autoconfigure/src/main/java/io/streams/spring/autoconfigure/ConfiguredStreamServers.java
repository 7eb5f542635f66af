package io.streams.spring.autoconfigure;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.streams.ServerOptions;
import io.streams.spring.autoconfigure.StreamsProperties.Server;
import io.streams.spring.handler.InvalidStreamHandlerException;
import io.streams.spring.handler.StreamHandlerDefinition;
import io.streams.spring.handler.StreamHandlerDiscovery;
import io.streams.spring.server.MissingStreamHandlerException;
import io.streams.spring.server.StreamServerDefinition;
import io.streams.spring.server.StreamServerDefinitions;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.unit.DataSize;

/**
 * Defines a server for each handler, of what its annotation says and what the properties
 * override.
 */
final class ConfiguredStreamServers implements StreamServerDefinitions {

	private static final String PREFIX = "streams.servers.";

	private final StreamHandlerDiscovery discovery;

	private final Map<String, Server> properties;

	private final GracePeriods gracePeriods;

	private final Duration quietPeriod;

	private final SslBundles sslBundles;

	private final Supplier<Set<String>> serversOfAncestors;

	/**
	 * Create a source of definitions.
	 * @param serversOfAncestors names of servers that another context has; properties of
	 * them need no handler here
	 */
	ConfiguredStreamServers(StreamHandlerDiscovery discovery, StreamsProperties properties, GracePeriods gracePeriods,
			SslBundles sslBundles, Supplier<Set<String>> serversOfAncestors) {
		this.discovery = discovery;
		this.properties = properties.servers();
		this.gracePeriods = gracePeriods;
		this.quietPeriod = properties.shutdown().quietPeriod();
		this.sslBundles = sslBundles;
		this.serversOfAncestors = serversOfAncestors;
	}

	@Override
	public List<StreamServerDefinition> getDefinitions() {
		Map<String, StreamHandlerDefinition> handlers = this.discovery.discover();
		requireDistinctNames(handlers.values());
		requireHandlers(handlers);
		requireQuietPeriod();
		return handlers.values().stream().filter((handler) -> serverOf(handler).enabled()).map(this::define).toList();
	}

	/** Properties of servers whose names look alike to them could not be told apart. */
	private static void requireDistinctNames(Collection<StreamHandlerDefinition> handlers) {
		Map<String, StreamHandlerDefinition> seen = new HashMap<>();
		for (StreamHandlerDefinition handler : handlers) {
			StreamHandlerDefinition other = seen.putIfAbsent(uniform(handler.server()), handler);
			if (other != null) {
				throw new InvalidStreamHandlerException(handler.source(),
						"names the server '" + handler.server() + "', and " + other.source() + " the server '"
								+ other.server() + "', which properties cannot tell apart",
						"Give them names that differ by more than capital letters, hyphens and underscores.");
			}
		}
	}

	private void requireHandlers(Map<String, StreamHandlerDefinition> handlers) {
		List<String> handled = Stream.concat(handlers.keySet().stream(), this.serversOfAncestors.get().stream())
			.map(ConfiguredStreamServers::uniform)
			.toList();
		this.properties.forEach((name, server) -> {
			if (server.enabled() && !handled.contains(uniform(name))) {
				throw new MissingStreamHandlerException(name, handlers.keySet());
			}
		});
	}

	private void requireQuietPeriod() {
		if (this.quietPeriod.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("streams.shutdown.quiet-period", this.quietPeriod,
					"Give 0 to end every read that has to wait at once, or a time.");
		}
	}

	private StreamServerDefinition define(StreamHandlerDefinition handler) {
		String prefix = PREFIX + keyOf(handler.server());
		Server server = serverOf(handler);
		List<SocketAddress> addresses = new ListenAddresses(prefix, server, handler).resolve();
		Duration gracePeriod = this.gracePeriods.gracePeriodOf(prefix, server);
		ServerOptionsMapper mapper = new ServerOptionsMapper(prefix, server, this.sslBundles);
		mapper.map(builderOf(handler, gracePeriod));
		return new StreamServerDefinition(handler.server(), handler.handler(), handler.needsTls(), addresses,
				() -> mapper.map(builderOf(handler, gracePeriod)));
	}

	private ServerOptions.Builder builderOf(StreamHandlerDefinition handler, Duration gracePeriod) {
		ServerOptions.Builder options = ServerOptions.builder()
			.name(handler.server())
			.gracePeriod(gracePeriod)
			.quietPeriod(this.quietPeriod);
		if (handler.limit().isEmpty()) {
			return options;
		}
		try {
			return options.limit(Math.toIntExact(DataSize.parse(handler.limit()).toBytes()));
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			throw new InvalidStreamHandlerException(handler.source(),
					"has limit '" + handler.limit() + "' in @StreamHandler",
					"Give a size from 1 byte to 1 GiB, such as 64KB: " + ex.getMessage() + ".");
		}
	}

	private Server serverOf(StreamHandlerDefinition handler) {
		Server server = this.properties.get(keyOf(handler.server()));
		return (server != null) ? server : Server.UNSET;
	}

	/**
	 * The key under which the properties have a server. Environment variables cannot say
	 * hyphens, nor capital letters: STREAMS_SERVERS_ECHOTLS_PORT is about 'echo-tls'.
	 */
	private String keyOf(String server) {
		if (this.properties.containsKey(server)) {
			return server;
		}
		return this.properties.keySet()
			.stream()
			.filter((key) -> uniform(key).equals(uniform(server)))
			.findFirst()
			.orElse(server);
	}

	private static String uniform(String name) {
		return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
	}

}
