package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs handlers: called on the event loop when a connection stands, it starts the
 * handler, and when that ends it says how, and has the connection closed.
 */
final class HandlerRunner implements HandlerStarter {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionHandler.class);

	private final Start start;

	/** How many handlers may run at once. */
	private final int max;

	/** Handlers that run, or are about to. */
	private final AtomicInteger running = new AtomicInteger();

	/** Reports of the server's failed handlers: ten a second. */
	private final RateLimit reports = new RateLimit(10);

	private HandlerRunner(int max, Start start) {
		this.max = max;
		this.start = start;
	}

	/** Runs each connection's handler on a thread of its own. */
	static HandlerRunner blocking(ServerOptions options, ConnectionHandler handler) {
		requireHandler(handler);
		String name = "streams-" + options.name();
		return switch (options.handlerThreads()) {
			case VIRTUAL -> new HandlerRunner(Integer.MAX_VALUE,
					(runner, connection) -> start(connection,
							connection.core()
								.transport()
								.loop()
								.newHandlerThread(name, () -> runner.runBlocking(handler, connection))));
			case PLATFORM -> new HandlerRunner(options.maxHandlerThreads(), (runner, connection) -> start(connection,
					newPlatformThread(name, () -> runner.runBlocking(handler, connection))));
		};
	}

	private static Thread newPlatformThread(String name, Runnable task) {
		return Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).unstarted(task);
	}

	private static void start(StreamConnection connection, Thread thread) {
		connection.core().handlerStarted(thread);
		thread.start();
	}

	/** Calls each connection's handler on the event loop. */
	static HandlerRunner asynchronous(AsyncConnectionHandler handler) {
		requireHandler(handler);
		return new HandlerRunner(Integer.MAX_VALUE, (runner, connection) -> {
			connection.core().handlerStarted(null);
			runner.startAsynchronous(handler, connection);
		});
	}

	/** Better now than with the first client. */
	private static void requireHandler(Object handler) {
		Objects.requireNonNull(handler, "handler is null: give the method that speaks with each client");
	}

	@Override
	public boolean tryReserve() {
		if (this.max == Integer.MAX_VALUE) {
			return true;
		}
		int running = this.running.get();
		while (running < this.max) {
			if (this.running.compareAndSet(running, running + 1)) {
				return true;
			}
			running = this.running.get();
		}
		return false;
	}

	private void release() {
		if (this.max != Integer.MAX_VALUE) {
			this.running.decrementAndGet();
		}
	}

	@Override
	public void start(StreamConnection connection) {
		try {
			this.start.start(this, connection);
		}
		catch (Throwable ex) {
			// The system may have no thread left.
			release();
			throw ex;
		}
	}

	private void runBlocking(ConnectionHandler handler, StreamConnection connection) {
		long started = System.nanoTime();
		connection.core().noteStart(started);
		Throwable failure = null;
		try {
			handler.handle(connection.reader(), connection.writer());
		}
		catch (Throwable ex) {
			failure = ex;
		}
		finished(connection, started, failure);
	}

	private void startAsynchronous(AsyncConnectionHandler handler, StreamConnection connection) {
		long started = System.nanoTime();
		try {
			CompletionStage<?> conversation = handler.handle(connection.reader(), connection.writer());
			Objects.requireNonNull(conversation, "the AsyncConnectionHandler returned null: return a stage that"
					+ " completes when the conversation is over");
			conversation.whenComplete((nothing, failure) -> finished(connection, started, failure));
		}
		catch (Throwable ex) {
			finished(connection, started, ex);
		}
	}

	private void finished(StreamConnection connection, long started, @Nullable Throwable thrown) {
		HandlerEnd end = HandlerEnd.of(thrown, connection.core());
		try {
			if (end.outcome() == HandlerOutcome.FAILED && end.failure() != null) {
				report(connection, end.failure());
			}
		}
		finally {
			// Also if the report fails: an appender may throw.
			release();
			connection.core().handlerFinished(end, Duration.ofNanos(System.nanoTime() - started));
		}
	}

	private void report(StreamConnection connection, Throwable failure) {
		connection.core().listener().failed(connection, "Unhandled exception in the handler", failure);
		if (failure instanceof LimitOverrunException) {
			Misuse.LIMIT_OVERRUN.report(connection.serverName());
		}
		long suppressed = this.reports.tryAcquire(System.nanoTime());
		if (suppressed < 0) {
			return;
		}
		String more = RateLimit.leftOut(suppressed);
		if (failure instanceof IOException) {
			// What a peer can bring about gets one line, not a stack trace.
			logger.warn("The handler of connection {} of '{}' failed: {}{}", connection.id(), connection.serverName(),
					PeerText.printable(failure), more);
		}
		else {
			PrintableThrowable.log(failure,
					(printable) -> logger.error("Unhandled exception in the handler of connection {} of '{}'{}",
							connection.id(), connection.serverName(), more, printable));
		}
	}

	/** How a handler is started. */
	@FunctionalInterface
	private interface Start {

		void start(HandlerRunner runner, StreamConnection connection);

	}

}
