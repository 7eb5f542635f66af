package io.streams.spring.server;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.streams.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * The application's servers by name. Safe for use by any thread.
 */
public final class StreamServers {

	/** Written once, when all beans are there. */
	private volatile Set<String> names = Set.of();

	private final Map<String, RunningServer> running = new ConcurrentHashMap<>();

	/**
	 * The names of all servers of the application, whether they run or not.
	 * @return the names in the order of definition
	 */
	public Set<String> getNames() {
		return this.names;
	}

	/**
	 * Finds a running server.
	 * @param name its name
	 * @return the server, or {@code null} if there is none of this name or it does not
	 * run
	 */
	public @Nullable StreamServer find(String name) {
		RunningServer running = this.running.get(name);
		return (running != null) ? running.server() : null;
	}

	/**
	 * Gets a running server.
	 * @param name its name
	 * @return the server
	 * @throws IllegalArgumentException if there is no server of this name
	 * @throws IllegalStateException if the server does not run
	 */
	public StreamServer get(String name) {
		StreamServer server = find(name);
		if (server != null) {
			return server;
		}
		if (!this.names.contains(name)) {
			throw new IllegalArgumentException("there is no stream server '" + name + "', only " + this.names);
		}
		throw new IllegalStateException("stream server '" + name
				+ "' does not run: it is started with the application context, before its runners are called");
	}

	/**
	 * The running servers.
	 * @return a copy, in the order of definition
	 */
	public Collection<StreamServer> getRunning() {
		return runningServers().stream().map(RunningServer::server).toList();
	}

	void define(Collection<StreamServerDefinition> definitions) {
		Map<String, StreamServerDefinition> byName = new LinkedHashMap<>();
		for (StreamServerDefinition definition : definitions) {
			if (byName.putIfAbsent(definition.name(), definition) != null) {
				throw new IllegalStateException("two stream servers have the name '" + definition.name() + "'");
			}
		}
		this.names = new LinkedHashSet<>(byName.keySet());
	}

	void add(RunningServer server) {
		this.running.put(server.name(), server);
	}

	void remove(RunningServer server) {
		this.running.remove(server.name(), server);
	}

	List<RunningServer> runningServers() {
		return this.names.stream().map(this.running::get).filter(Objects::nonNull).toList();
	}

}
