package io.streams;

import java.time.Duration;

import io.streams.transport.SlowConsumerException;
import io.streams.transport.Transport;
import io.streams.transport.TransportLoop.Cancellable;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pause of writing, after which the policy on slow consumers may end the connection.
 * Made when the pause begins. Guarded by the transport's order of pause and resume, but
 * for the end of the peer's time, which comes on the event loop.
 */
final class SlowConsumerWatch {

	private static final Logger logger = LoggerFactory.getLogger(StreamConnection.class);

	/** Reports of slow consumers per second, over all servers of the process. */
	private static final RateLimit REPORTS = new RateLimit(10);

	private final long since = System.nanoTime();

	/** Ends the connection; {@code null} if no policy asks for it. */
	private final @Nullable Cancellable timer;

	private SlowConsumerWatch(@Nullable Cancellable timer) {
		this.timer = timer;
	}

	/** A pause of writing begins. */
	static SlowConsumerWatch start(ConnectionEvents connection) {
		SlowConsumerPolicy policy = connection.owner().slowConsumers();
		Duration patience = policy.maxPausedTime();
		if (patience == null || policy.action() == SlowConsumerPolicy.Action.BLOCK) {
			return new SlowConsumerWatch(null);
		}
		return new SlowConsumerWatch(
				connection.transport().loop().executeLater(patience, () -> end(connection, policy.action(), patience)));
	}

	/** The pause has ended in time. */
	void cancel() {
		if (this.timer != null) {
			this.timer.cancel();
		}
	}

	/** Returns how long the pause has lasted. */
	Duration duration() {
		return Duration.ofNanos(System.nanoTime() - this.since);
	}

	/** The pause has lasted for the peer's time: ends the connection. Event loop only. */
	private static void end(ConnectionEvents connection, SlowConsumerPolicy.Action action, Duration patience) {
		Transport transport = connection.transport();
		SlowConsumerException reason = new SlowConsumerException(patience, transport.writeBufferSize());
		long suppressed = REPORTS.tryAcquire(System.nanoTime());
		if (suppressed >= 0) {
			logger.warn("Connection {} of '{}' to {}: {}{}", connection.id(), connection.serverName(),
					PeerText.printable(transport.info().remoteAddress()), reason.getMessage(),
					RateLimit.leftOut(suppressed));
		}
		connection.replaceReason(CloseReason.SLOW_CONSUMER);
		if (action == SlowConsumerPolicy.Action.ABORT) {
			transport.abort(reason);
		}
		else {
			connection.close(CloseReason.SLOW_CONSUMER);
		}
	}

}
