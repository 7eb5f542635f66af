package io.streams;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the handlers that still run at the end of their server's stop, after they were
 * interrupted.
 */
final class RunningHandlers {

	private static final Logger logger = LoggerFactory.getLogger(StreamServer.class);

	/** How long interrupted handlers may take to return, all together. */
	private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	/** Handlers that are named; the others are counted. */
	private static final int MAX_NAMED = 8;

	private RunningHandlers() {
	}

	/**
	 * Logs one line that names the threads that still run, with the stack of one.
	 * @param server the stopped server
	 * @param connections the connections that did not end in their grace period
	 * @param caller the thread that asked for the stop, which is not reported
	 */
	static void report(StreamServer server, List<StreamConnection> connections, Thread caller) {
		long deadline = System.nanoTime() + PATIENCE_NANOS;
		List<StreamConnection> running = connections.stream()
			.filter((connection) -> isRunning(connection, caller, deadline))
			.toList();
		if (running.isEmpty()) {
			return;
		}
		String names = running.stream().limit(MAX_NAMED).map(RunningHandlers::name).collect(Collectors.joining(", "));
		int more = running.size() - MAX_NAMED;
		String left = server.connections().isEmpty() ? ""
				: ", and " + server.connections().size() + " connections are still open";
		logger.warn(
				"Server '{}' is stopped, but {} of its handlers still run after an interrupt{}: {}{}. Let a handler"
						+ " return when its thread is interrupted; one that computes may take handler threads of the"
						+ " kind PLATFORM. See docs/decisions/stopping.md. The stack of one of them:{}",
				server.name(), running.size(), left, names, (more > 0) ? " and " + more + " more" : "",
				StackText.of(stack(running)));
	}

	private static boolean isRunning(StreamConnection connection, Thread caller, long deadline) {
		Thread thread = connection.handlerThread();
		if (thread == null || thread == caller) {
			return false;
		}
		try {
			return thread.getState() != Thread.State.NEW
					&& !thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
		}
		catch (InterruptedException ex) {
			// The caller of the stop was interrupted, and waits no longer.
			Thread.currentThread().interrupt();
			return thread.isAlive();
		}
	}

	private static String name(StreamConnection connection) {
		Thread thread = connection.handlerThread();
		String suffix = " of connection " + connection.id();
		return (thread != null) ? "thread #" + thread.threadId() + " \"" + thread.getName() + "\"" + suffix
				: "thread" + suffix;
	}

	/** The stack of the first thread that has one: others wait for a carrier still. */
	private static StackTraceElement[] stack(List<StreamConnection> running) {
		for (StreamConnection connection : running) {
			Thread thread = connection.handlerThread();
			StackTraceElement[] stack = (thread != null) ? thread.getStackTrace() : new StackTraceElement[0];
			if (stack.length > 0) {
				return stack;
			}
		}
		return new StackTraceElement[0];
	}

}
