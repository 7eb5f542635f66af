package io.streams;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.streams.transport.Deadline;

/**
 * The steps of a server's graceful stop, after its listening has ended.
 *
 * <pre>
 *   FINISHING ──grace over──▶ CLOSING ──two seconds──▶ ABORTING ──two seconds──▶ given up
 *       └──────────────────────┴── last connection gone ──┴──▶ done
 * </pre>
 */
final class ServerStop {

	/** How long connections may take to send what is queued once the grace is over. */
	private static final Duration CLOSE_PERIOD = Duration.ofSeconds(2);

	/** How long aborted connections may take to go away. */
	private static final Duration ABORT_PERIOD = Duration.ofSeconds(2);

	private final StreamServer server;

	private final Duration grace;

	private final int connections;

	private final CompletableFuture<?> closed;

	ServerStop(StreamServer server, Duration grace) {
		this.server = server;
		this.grace = grace;
		this.connections = server.connections().size();
		this.closed = server.waitClosedAsync();
	}

	StopReport run() throws InterruptedException {
		try {
			return runPhases();
		}
		catch (InterruptedException ex) {
			abort();
			throw ex;
		}
	}

	private StopReport runPhases() throws InterruptedException {
		this.server.abortHandshakes();
		this.server.connections().forEach((connection) -> connection.core().beginStop());
		if (isClosedWithin(this.grace)) {
			return new StopReport(this.connections, 0, 0, 0);
		}
		List<StreamConnection> unfinished = List.copyOf(this.server.connections());
		int finished = Math.max(0, this.connections - unfinished.size());
		unfinished.forEach((connection) -> connection.core().endGrace());
		try {
			if (isClosedWithin(CLOSE_PERIOD)) {
				return new StopReport(finished, unfinished.size(), 0, 0);
			}
			return abort(finished, unfinished.size());
		}
		finally {
			unfinished.forEach(ServerStop::interruptHandler);
		}
	}

	private StopReport abort(int finished, int unfinished) throws InterruptedException {
		List<StreamConnection> left = this.server.connections()
			.stream()
			.filter((connection) -> !connection.core().isLingering())
			.toList();
		long unsent = left.stream().mapToLong((connection) -> connection.core().unsentBytes()).sum();
		abort();
		isClosedWithin(ABORT_PERIOD);
		return new StopReport(finished, Math.max(0, unfinished - left.size()), left.size(), unsent);
	}

	private void abort() {
		this.server.abortHandshakes();
		for (StreamConnection connection : this.server.connections()) {
			connection.core().forceClose();
			interruptHandler(connection);
		}
	}

	/** A handler whose connection is gone may still wait for something else. */
	private static void interruptHandler(StreamConnection connection) {
		Thread handler = connection.handlerThread();
		if (handler != null) {
			handler.interrupt();
		}
	}

	private boolean isClosedWithin(Duration period) throws InterruptedException {
		try {
			this.closed.get(Deadline.nanos(period), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

}
