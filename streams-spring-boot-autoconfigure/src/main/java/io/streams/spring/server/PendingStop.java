package io.streams.spring.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A stop of a server in progress, on a platform thread: virtual threads do not run while
 * handlers that compute hold all carriers. Always completes normally, unless the stop
 * never ends. Safe for use by any thread.
 */
final class PendingStop extends CompletableFuture<Void> {

	private static final Log logger = LogFactory.getLog(StreamServers.class);

	private final String name;

	/** When a waiting thread goes on in any case, by the monotonic clock. */
	private final long deadline;

	private PendingStop(String name, long deadline) {
		this.name = name;
		this.deadline = deadline;
	}

	/** The stop of a server that is stopped already. */
	static PendingStop done(String name) {
		PendingStop done = new PendingStop(name, System.nanoTime());
		done.complete(null);
		return done;
	}

	static PendingStop start(String name, long deadline, Runnable stop) {
		PendingStop pending = new PendingStop(name, deadline);
		Thread.ofPlatform().daemon().name("streams-stop-" + name).start(() -> {
			try {
				stop.run();
			}
			finally {
				// After an Error too: the shutdown waits for it.
				pending.complete(null);
			}
		});
		return pending;
	}

	/**
	 * Waits until the stop is done or its deadline has passed.
	 */
	void await() {
		boolean interrupted = false;
		try {
			for (;;) {
				try {
					get(Math.max(0, this.deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
					return;
				}
				catch (ExecutionException | TimeoutException ex) {
					reportOverrun();
					return;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** On a thread of its own: the log may be what the stop waits for. */
	private void reportOverrun() {
		Thread.ofPlatform()
			.daemon()
			.name("streams-stop-report")
			.start(() -> logger.warn("The stop of stream server '" + this.name
					+ "' did not end in time; the shutdown goes on without it"));
	}

	/** The time of the monotonic clock after a period. */
	static long in(Duration period) {
		return System.nanoTime() + period.toNanos();
	}

}
