package io.streams.spring.server;

import java.time.Duration;

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

	/** How long a stop takes after its grace period; the limit of the server's stop. */
	private static final Duration STOP_PERIOD = Duration.ofSeconds(4);

	private static final Duration MAX_GRACE_PERIOD = Duration.ofDays(365);

	/** How long a forced stop may take at least, after a graceful one that overran. */
	private static final Duration LAST_PERIOD = Duration.ofMillis(250);

	/** Written by the thread of a stop. */
	private volatile @Nullable StopReport stopReport;

	/**
	 * When the shutdown goes on without this server, by the monotonic clock; 0 if no stop
	 * has begun. Written by the thread of the context.
	 */
	private volatile long deadline;

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

	/** Stops within the grace period. */
	PendingStop stopGracefully() {
		this.deadline = PendingStop.in(boundedGracePeriod().plus(STOP_PERIOD));
		return PendingStop.start(name(), this.deadline, () -> {
			logger.info("Stream server '" + name() + "' is being stopped; its handlers have "
					+ this.gracePeriod.toMillis() + " ms to finish");
			stop(this.gracePeriod, false);
		});
	}

	/** The clock counts nanoseconds, for 292 years. */
	private Duration boundedGracePeriod() {
		return (this.gracePeriod.compareTo(MAX_GRACE_PERIOD) < 0) ? this.gracePeriod : MAX_GRACE_PERIOD;
	}

	/** Stops what a graceful stop left, if anything. */
	PendingStop stopNow() {
		if (this.server.state() == ServerState.CLOSED || this.stopReport != null) {
			return PendingStop.done(name());
		}
		this.forced = true;
		long begun = this.deadline;
		long last = PendingStop.in(LAST_PERIOD);
		long deadline = (begun == 0) ? PendingStop.in(STOP_PERIOD) : (begun - last > 0) ? begun : last;
		return PendingStop.start(name(), deadline, () -> stop(Duration.ZERO, true));
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
