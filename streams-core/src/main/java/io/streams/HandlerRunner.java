package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionLostException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs handlers: called on the event loop when a connection stands, it starts the
 * handler, and when that ends it says how, and has the connection closed.
 */
final class HandlerRunner implements Consumer<StreamConnection> {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionHandler.class);

	/** Reports of failed handlers per second, over all servers of the process. */
	private static final RateLimit REPORTS = new RateLimit(10);

	private final Start start;

	private HandlerRunner(Start start) {
		this.start = start;
	}

	/** Runs each connection's handler on a virtual thread of its own. */
	static HandlerRunner blocking(String serverName, ConnectionHandler handler) {
		Thread.Builder threads = Thread.ofVirtual().name("streams-" + serverName).inheritInheritableThreadLocals(false);
		return new HandlerRunner((connection) -> {
			Thread thread = threads.unstarted(() -> runBlocking(handler, connection));
			connection.handlerStarted(thread);
			thread.start();
		});
	}

	/** Calls each connection's handler on the event loop. */
	static HandlerRunner asynchronous(AsyncConnectionHandler handler) {
		return new HandlerRunner((connection) -> {
			connection.handlerStarted(null);
			startAsynchronous(handler, connection);
		});
	}

	@Override
	public void accept(StreamConnection connection) {
		this.start.start(connection);
	}

	private static void runBlocking(ConnectionHandler handler, StreamConnection connection) {
		long started = System.nanoTime();
		Throwable failure = null;
		try {
			handler.handle(connection.reader(), connection.writer());
		}
		catch (Throwable ex) {
			failure = ex;
		}
		finished(connection, started, failure);
	}

	private static void startAsynchronous(AsyncConnectionHandler handler, StreamConnection connection) {
		long started = System.nanoTime();
		try {
			handler.handle(connection.reader(), connection.writer())
				.whenComplete((nothing, failure) -> finished(connection, started, failure));
		}
		catch (Throwable ex) {
			finished(connection, started, ex);
		}
	}

	private static void finished(StreamConnection connection, long started, @Nullable Throwable thrown) {
		Throwable failure = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		HandlerOutcome outcome = outcome(failure);
		if (outcome == HandlerOutcome.FAILED && failure != null) {
			report(connection, failure);
		}
		connection.handlerFinished(outcome, Duration.ofNanos(System.nanoTime() - started), failure);
	}

	private static HandlerOutcome outcome(@Nullable Throwable failure) {
		return switch (failure) {
			case null -> HandlerOutcome.FINISHED;
			case ConnectionLostException lost -> HandlerOutcome.DISCONNECTED;
			case IncompleteReadException ended -> HandlerOutcome.DISCONNECTED;
			case TlsTruncatedException ended -> HandlerOutcome.DISCONNECTED;
			case ReadTimeoutException silent -> HandlerOutcome.DISCONNECTED;
			case SocketTimeoutException foreign -> HandlerOutcome.FAILED;
			case InterruptedException interrupted -> HandlerOutcome.INTERRUPTED;
			case InterruptedIOException interrupted -> HandlerOutcome.INTERRUPTED;
			case CancellationException cancelled -> HandlerOutcome.INTERRUPTED;
			default -> HandlerOutcome.FAILED;
		};
	}

	private static void report(StreamConnection connection, Throwable failure) {
		connection.listener().failed(connection, "Unhandled exception in the handler", failure);
		if (failure instanceof LimitOverrunException) {
			Misuse.LIMIT_OVERRUN.report(connection.serverName());
		}
		long suppressed = REPORTS.tryAcquire(System.nanoTime());
		if (suppressed < 0) {
			return;
		}
		String more = (suppressed > 0) ? " (" + suppressed + " more such reports left out)" : "";
		if (failure instanceof IOException) {
			// What a peer can bring about gets one line, not a stack trace.
			logger.warn("The handler of connection {} of '{}' failed: {}{}", connection.id(), connection.serverName(),
					failure, more);
		}
		else {
			logger.error("Unhandled exception in the handler of connection {} of '{}'{}", connection.id(),
					connection.serverName(), more, failure);
		}
	}

	/** How a handler is started. */
	@FunctionalInterface
	private interface Start {

		void start(StreamConnection connection);

	}

}
