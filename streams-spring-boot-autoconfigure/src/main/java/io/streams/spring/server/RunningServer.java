package io.streams.spring.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.streams.ServerState;
import io.streams.StopReport;
import io.streams.StreamServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A started server, and its stop.
 */
final class RunningServer {

	private static final Log logger = LogFactory.getLog(StreamServers.class);

	private final StreamServer server;

	private final Duration gracePeriod;

	/** Written by the thread of a stop. */
	private volatile @Nullable StopReport stopReport;

	/** Whether a stop without grace has begun. Written by the thread of the context. */
	private volatile boolean forced;

	RunningServer(StreamServer server, Duration gracePeriod) {
		this.server = server;
		this.gracePeriod = gracePeriod;
	}

	String name() {
		return this.server.name();
	}

	StreamServer server() {
		return this.server;
	}

	/** How the first stop went that ended: the graceful one, if it ended in time. */
	@Nullable StopReport stopReport() {
		return this.stopReport;
	}

	/** Stops within the grace period; the future always completes normally. */
	CompletableFuture<Void> stopGracefully() {
		logger.info("Stream server '" + name() + "' is being stopped; its handlers have " + this.gracePeriod.toMillis()
				+ " ms to finish");
		return stopInBackground(this.gracePeriod, false);
	}

	/**
	 * Stops what a graceful stop left, if anything; the future always completes normally.
	 */
	CompletableFuture<Void> stopNow() {
		if (this.server.state() == ServerState.CLOSED) {
			return CompletableFuture.completedFuture(null);
		}
		this.forced = true;
		return stopInBackground(Duration.ZERO, true);
	}

	private CompletableFuture<Void> stopInBackground(Duration grace, boolean force) {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		Thread.ofVirtual().name("streams-stop-" + name()).start(() -> {
			try {
				stop(grace, force);
			}
			finally {
				// After an Error too: the shutdown waits for it.
				stopped.complete(null);
			}
		});
		return stopped;
	}

	private void stop(Duration grace, boolean force) {
		try {
			StopReport report = this.server.stop(grace);
			if (force != this.forced || this.stopReport != null) {
				// Overtaken, it takes for finished what was cut off; or the first has
				// told.
				return;
			}
			this.stopReport = report;
			logger.info("Stream server '" + name() + "' was stopped: " + report.finished() + " connections finished, "
					+ report.closed() + " were closed, " + report.aborted() + " were cut off");
		}
		catch (InterruptedException | RuntimeException ex) {
			logger.warn("Stream server '" + name() + "' could not be stopped", ex);
		}
	}

}
