package io.streams.spring.health;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.streams.StreamServer;
import io.streams.spring.server.AddressText;
import io.streams.spring.server.StreamServers;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Up while every server of the application listens. How much they have to do makes no
 * difference: a peer must not be able to have the application taken out of service.
 */
public class StreamsHealthIndicator extends AbstractHealthIndicator {

	private final StreamServers servers;

	/**
	 * Create an indicator.
	 * @param servers the servers to look at
	 */
	public StreamsHealthIndicator(StreamServers servers) {
		super("Stream server health check failed");
		this.servers = servers;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.up();
		for (String name : this.servers.getNames()) {
			StreamServer server = this.servers.find(name);
			String problem = problemOf(server);
			if (problem != null) {
				builder.down();
			}
			builder.withDetail(name, detailsOf(server, problem));
		}
	}

	private static @Nullable String problemOf(@Nullable StreamServer server) {
		if (server == null) {
			return "the server does not run";
		}
		if (server.isServing()) {
			return null;
		}
		return switch (server.state()) {
			case BOUND -> "the server accepts nobody yet";
			case SERVING -> "a listener of the server failed";
			case CLOSING, CLOSED -> "the server was closed";
		};
	}

	private static Map<String, Object> detailsOf(@Nullable StreamServer server, @Nullable String problem) {
		Map<String, Object> details = new LinkedHashMap<>();
		if (server != null) {
			details.put("state", server.state().name().toLowerCase(Locale.ROOT));
			details.put("addresses", server.addresses().stream().map(AddressText::of).toList());
		}
		if (problem != null) {
			details.put("reason", problem);
		}
		return details;
	}

}
