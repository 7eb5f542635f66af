package io.streams.spring.server;

import java.util.List;

import org.springframework.context.SmartLifecycle;

/**
 * Stops all servers gracefully and at the same time, in the phase in which Spring Boot's
 * web server does: while the handlers' beans are still alive, and before anything is
 * stopped by force.
 *
 * @see StreamServerStartStopLifecycle
 */
public final class StreamServerGracefulShutdownLifecycle implements SmartLifecycle {

	/**
	 * {@link SmartLifecycle#getPhase() Phase} in which servers are stopped gracefully:
	 * that of Spring Boot's web server.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

	private final StreamServers servers;

	private volatile boolean running;

	/**
	 * Create a lifecycle.
	 * @param servers has the servers to stop
	 */
	public StreamServerGracefulShutdownLifecycle(StreamServers servers) {
		this.servers = servers;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		throw new UnsupportedOperationException("stop(Runnable) must be invoked instead");
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		List<PendingStop> stops = this.servers.runningServers().stream().map(RunningServer::stopGracefully).toList();
		// Handlers that compute may hold every carrier of virtual threads.
		Thread.ofPlatform().daemon().name("streams-stop").start(() -> {
			try {
				stops.forEach(PendingStop::await);
			}
			finally {
				callback.run();
			}
		});
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
