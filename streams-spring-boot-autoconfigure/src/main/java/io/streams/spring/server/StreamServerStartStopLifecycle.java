package io.streams.spring.server;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.streams.StreamServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the servers with the application context and stops them with it, at the time of
 * Spring Boot's web server. All servers are bound before any of them accepts, so that no
 * client is served by an application that fails to start.
 *
 * @see StreamServerGracefulShutdownLifecycle
 */
public final class StreamServerStartStopLifecycle implements SmartLifecycle, SmartInitializingSingleton {

	/**
	 * {@link SmartLifecycle#getPhase() Phase} in which servers start, and in which what
	 * is left of them is stopped: that of Spring Boot's web server.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 2048;

	private static final Log logger = LogFactory.getLog(StreamServerStartStopLifecycle.class);

	private final StreamServerDefinitions source;

	private final StreamServerFactory factory;

	private final StreamServers servers;

	private final ApplicationContext context;

	private final KeepAlive keepAlive = new KeepAlive();

	private List<StreamServerDefinition> definitions = List.of();

	private volatile boolean running;

	/**
	 * Create a lifecycle.
	 * @param source defines the servers, once all beans are known
	 * @param factory makes them
	 * @param servers is told of them
	 * @param context publishes the events
	 */
	public StreamServerStartStopLifecycle(StreamServerDefinitions source, StreamServerFactory factory,
			StreamServers servers, ApplicationContext context) {
		this.source = source;
		this.factory = factory;
		this.servers = servers;
		this.context = context;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.definitions = List.copyOf(this.source.getDefinitions());
		this.servers.define(this.definitions);
	}

	@Override
	public void start() {
		List<RunningServer> bound = bindAll();
		this.running = true;
		if (!bound.isEmpty()) {
			this.keepAlive.start();
		}
		bound.forEach(this::serve);
	}

	private List<RunningServer> bindAll() {
		List<RunningServer> bound = new ArrayList<>();
		try {
			for (StreamServerDefinition definition : this.definitions) {
				RunningServer server = this.factory.bind(definition, this.context.getClassLoader());
				bound.add(server);
			}
			bound.forEach(this.servers::add);
			return bound;
		}
		catch (RuntimeException ex) {
			RuntimeException failure = (ex instanceof StreamServerStartException failed)
					? AddressConflict.explain(failed, bound) : ex;
			bound.forEach((server) -> server.server().close());
			throw failure;
		}
	}

	private void serve(RunningServer running) {
		StreamServer server = running.server();
		LocalPorts.publish(server, this.context);
		server.startServing();
		logger.info("Stream server '" + server.name() + "' listens on "
				+ server.addresses().stream().map(AddressText::of).collect(Collectors.joining(", ")));
		this.context.publishEvent(new StreamServerStartedEvent(server));
	}

	@Override
	public void stop() {
		this.running = false;
		try {
			List<RunningServer> stopping = this.servers.runningServers();
			stopping.stream().map(RunningServer::stopNow).toList().forEach(PendingStop::await);
			stopping.forEach(this::stopped);
		}
		finally {
			// Else the process would never end.
			this.keepAlive.stop();
		}
	}

	private void stopped(RunningServer running) {
		this.servers.remove(running);
		try {
			this.context.publishEvent(new StreamServerStoppedEvent(running.server(), running.stopReport()));
		}
		catch (RuntimeException ex) {
			logger.warn("A listener of the stop of stream server '" + running.name() + "' failed", ex);
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

}
