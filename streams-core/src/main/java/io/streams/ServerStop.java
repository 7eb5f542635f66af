package io.streams;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.streams.transport.Deadline;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a server's graceful stop, after the end of its listening was requested.
 *
 * <pre>
 *   FINISHING ──grace over──▶ CLOSING ──two seconds──▶ ABORTING ──one second──▶ given up
 *       └──────────────────────┴── last connection gone ──┴──▶ done
 * </pre>
 *
 * The steps run on a platform thread of their own: handlers that compute may hold every
 * carrier of virtual threads, and a virtual thread that waits for a carrier may be the
 * next owner of a lock that a step needs. The caller waits for that thread until the
 * deadline only.
 */
final class ServerStop {

	private static final Logger logger = LoggerFactory.getLogger(StreamServer.class);

	/** How long the stop may take after the grace period, all together. */
	private static final Duration LIMIT = Duration.ofSeconds(4);

	/** How long the listeners may take to close before the handlers hear of the stop. */
	private static final Duration RELEASE_PERIOD = Duration.ofMillis(500);

	/** How long connections may take to send what is queued once the grace is over. */
	private static final Duration CLOSE_PERIOD = Duration.ofSeconds(2);

	/** How long aborted connections may take to go away. */
	private static final Duration ABORT_PERIOD = Duration.ofSeconds(1);

	private final StreamServer server;

	private final Duration grace;

	/** When the stop began, by the monotonic clock. */
	private final long began = System.nanoTime();

	/** The thread that asked for the stop; a handler may do that. */
	private final Thread caller = Thread.currentThread();

	private final CompletableFuture<?> listeningEnded;

	private final CompletableFuture<?> closed;

	/** Written by the thread of the steps, read by the caller after it. */
	private volatile int connections;

	/** Set by the thread of the steps: the caller is a handler that did not end. */
	private volatile boolean callerIsUnfinished;

	ServerStop(StreamServer server, Duration grace, CompletableFuture<?> listeningEnded) {
		this.server = server;
		this.grace = grace;
		this.listeningEnded = listeningEnded;
		this.closed = server.waitClosedAsync();
	}

	StopReport run() throws InterruptedException {
		CompletableFuture<@Nullable StopReport> outcome = new CompletableFuture<>();
		Thread steps = Thread.ofPlatform()
			.daemon()
			.name("streams-server-stop-" + this.server.name())
			.start(() -> runSteps(outcome));
		try {
			StopReport report = outcome.get(nanosUntilLimit(), TimeUnit.NANOSECONDS);
			return (report != null) ? report : unfinished(steps);
		}
		catch (InterruptedException ex) {
			steps.interrupt();
			// It aborts what is left, unless a lock keeps it from that.
			outcome.completeOnTimeout(null, ABORT_PERIOD.toMillis(), TimeUnit.MILLISECONDS)
				.exceptionally((failure) -> null)
				.join();
			throw ex;
		}
		catch (TimeoutException ex) {
			return unfinished(steps);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		finally {
			if (this.callerIsUnfinished) {
				this.caller.interrupt();
			}
		}
	}

	private StopReport unfinished(Thread steps) {
		logger.warn("Server '{}' could not be stopped within its grace period of {} ms and {} ms. The stop waits in:{}",
				this.server.name(), this.grace.toMillis(), LIMIT.toMillis(), StackText.of(steps.getStackTrace()));
		return new StopReport(0, 0, this.connections, 0);
	}

	private void runSteps(CompletableFuture<@Nullable StopReport> outcome) {
		try {
			outcome.complete(runPhases());
		}
		catch (InterruptedException ex) {
			abort();
			outcome.complete(null);
		}
		catch (Throwable ex) {
			outcome.completeExceptionally(ex);
		}
	}

	private StopReport runPhases() throws InterruptedException {
		isDoneWithin(this.listeningEnded, RELEASE_PERIOD);
		this.server.abortHandshakes();
		this.connections = this.server.connections().size();
		this.server.connections().forEach((connection) -> connection.core().beginStop());
		if (isDoneWithin(this.closed, Duration.ofNanos(nanosUntil(Deadline.nanos(this.grace))))) {
			return new StopReport(this.connections, 0, 0, 0);
		}
		List<StreamConnection> unfinished = List.copyOf(this.server.connections());
		int finished = Math.max(0, this.connections - unfinished.size());
		unfinished.forEach((connection) -> connection.core().endGrace());
		try {
			if (isDoneWithin(this.closed, CLOSE_PERIOD)) {
				return new StopReport(finished, unfinished.size(), 0, 0);
			}
			return abort(finished, unfinished.size());
		}
		finally {
			unfinished.forEach(this::interruptHandler);
			RunningHandlers.report(this.server, unfinished, this.caller);
		}
	}

	private StopReport abort(int finished, int unfinished) throws InterruptedException {
		List<StreamConnection> left = this.server.connections()
			.stream()
			.filter((connection) -> !connection.core().isLingering())
			.toList();
		long unsent = left.stream().mapToLong((connection) -> connection.core().unsentBytes()).sum();
		abort();
		isDoneWithin(this.closed, ABORT_PERIOD);
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
	private void interruptHandler(StreamConnection connection) {
		Thread handler = connection.handlerThread();
		if (handler == this.caller) {
			// It waits for this stop, and is interrupted when that has ended.
			this.callerIsUnfinished = true;
		}
		else if (handler != null) {
			handler.interrupt();
		}
	}

	/** Nanoseconds until the caller goes on in any case. */
	private long nanosUntilLimit() {
		return nanosUntil(Deadline.nanos(this.grace) + LIMIT.toNanos());
	}

	/** The rest of a period that began with the stop; 0 or more. */
	private long nanosUntil(long periodNanos) {
		return Math.max(0, periodNanos - (System.nanoTime() - this.began));
	}

	private static boolean isDoneWithin(CompletableFuture<?> future, Duration period) throws InterruptedException {
		try {
			future.get(Deadline.nanos(period), TimeUnit.NANOSECONDS);
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
