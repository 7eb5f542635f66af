package io.streams;

import java.io.IOException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a listener throws away from the I/O that it listens to.
 */
final class SafeListener implements StreamListener {

	private static final Logger logger = LoggerFactory.getLogger(StreamListener.class);

	private final StreamListener delegate;

	/** A listener that fails may fail at each event: one report a second is enough. */
	private final RateLimit reports = new RateLimit(1);

	private SafeListener(StreamListener delegate) {
		this.delegate = delegate;
	}

	static StreamListener of(StreamListener listener) {
		boolean safe = listener == NONE || listener instanceof SafeListener || listener instanceof CompositeListener;
		return safe ? listener : new SafeListener(listener);
	}

	@Override
	public void opened(StreamConnection connection) {
		safely(() -> this.delegate.opened(connection));
	}

	@Override
	public void closed(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
		safely(() -> this.delegate.closed(connection, reason, cause));
	}

	@Override
	public void failed(@Nullable StreamConnection connection, String what, Throwable cause) {
		safely(() -> this.delegate.failed(connection, what, cause));
	}

	@Override
	public void readingPaused(StreamConnection connection) {
		safely(() -> this.delegate.readingPaused(connection));
	}

	@Override
	public void readingResumed(StreamConnection connection, Duration paused) {
		safely(() -> this.delegate.readingResumed(connection, paused));
	}

	@Override
	public void writingPaused(StreamConnection connection) {
		safely(() -> this.delegate.writingPaused(connection));
	}

	@Override
	public void writingResumed(StreamConnection connection, Duration paused) {
		safely(() -> this.delegate.writingResumed(connection, paused));
	}

	@Override
	public void drainStarted(StreamConnection connection) {
		safely(() -> this.delegate.drainStarted(connection));
	}

	@Override
	public void drainFinished(StreamConnection connection, Duration waited) {
		safely(() -> this.delegate.drainFinished(connection, waited));
	}

	@Override
	public void bytesReceived(StreamConnection connection, int count) {
		try {
			this.delegate.bytesReceived(connection, count);
		}
		catch (RuntimeException | Error ex) {
			report(ex);
		}
	}

	@Override
	public void bytesSent(StreamConnection connection, long count) {
		try {
			this.delegate.bytesSent(connection, count);
		}
		catch (RuntimeException | Error ex) {
			report(ex);
		}
	}

	@Override
	public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
			@Nullable Throwable failure) {
		safely(() -> this.delegate.handlerFinished(connection, outcome, time, failure));
	}

	@Override
	public void handshakeFinished(@Nullable StreamServer server, HandshakeOutcome outcome, Duration time,
			@Nullable IOException cause) {
		safely(() -> this.delegate.handshakeFinished(server, outcome, time, cause));
	}

	@Override
	public void rejected(StreamServer server, RejectReason reason) {
		safely(() -> this.delegate.rejected(server, reason));
	}

	@Override
	public void acceptPaused(StreamServer server) {
		safely(() -> this.delegate.acceptPaused(server));
	}

	@Override
	public void acceptResumed(StreamServer server) {
		safely(() -> this.delegate.acceptResumed(server));
	}

	private void safely(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException | Error ex) {
			report(ex);
		}
	}

	private void report(Throwable failure) {
		long suppressed = this.reports.tryAcquire(System.nanoTime());
		if (suppressed >= 0) {
			String more = RateLimit.leftOut(suppressed);
			PrintableThrowable.log(failure,
					(printable) -> logger.warn("A StreamListener failed; the connection goes on{}", more, printable));
		}
	}

}
