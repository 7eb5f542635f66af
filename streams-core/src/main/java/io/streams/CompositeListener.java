package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Several listeners as one, each kept safe from the others' failures.
 */
final class CompositeListener implements StreamListener {

	private final StreamListener[] listeners;

	CompositeListener(List<? extends StreamListener> listeners) {
		this.listeners = listeners.stream().map(SafeListener::of).toArray(StreamListener[]::new);
	}

	@Override
	public void opened(StreamConnection connection) {
		for (StreamListener listener : this.listeners) {
			listener.opened(connection);
		}
	}

	@Override
	public void closed(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
		for (StreamListener listener : this.listeners) {
			listener.closed(connection, reason, cause);
		}
	}

	@Override
	public void failed(@Nullable StreamConnection connection, String what, Throwable cause) {
		for (StreamListener listener : this.listeners) {
			listener.failed(connection, what, cause);
		}
	}

	@Override
	public void readingPaused(StreamConnection connection) {
		for (StreamListener listener : this.listeners) {
			listener.readingPaused(connection);
		}
	}

	@Override
	public void readingResumed(StreamConnection connection, Duration paused) {
		for (StreamListener listener : this.listeners) {
			listener.readingResumed(connection, paused);
		}
	}

	@Override
	public void writingPaused(StreamConnection connection) {
		for (StreamListener listener : this.listeners) {
			listener.writingPaused(connection);
		}
	}

	@Override
	public void writingResumed(StreamConnection connection, Duration paused) {
		for (StreamListener listener : this.listeners) {
			listener.writingResumed(connection, paused);
		}
	}

	@Override
	public void drainStarted(StreamConnection connection) {
		for (StreamListener listener : this.listeners) {
			listener.drainStarted(connection);
		}
	}

	@Override
	public void drainFinished(StreamConnection connection, Duration waited) {
		for (StreamListener listener : this.listeners) {
			listener.drainFinished(connection, waited);
		}
	}

	@Override
	public void bytesReceived(StreamConnection connection, int count) {
		for (StreamListener listener : this.listeners) {
			listener.bytesReceived(connection, count);
		}
	}

	@Override
	public void bytesSent(StreamConnection connection, long count) {
		for (StreamListener listener : this.listeners) {
			listener.bytesSent(connection, count);
		}
	}

	@Override
	public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
			@Nullable Throwable failure) {
		for (StreamListener listener : this.listeners) {
			listener.handlerFinished(connection, outcome, time, failure);
		}
	}

	@Override
	public void handshakeFinished(@Nullable StreamServer server, HandshakeOutcome outcome, Duration time,
			@Nullable IOException cause) {
		for (StreamListener listener : this.listeners) {
			listener.handshakeFinished(server, outcome, time, cause);
		}
	}

	@Override
	public void rejected(StreamServer server, RejectReason reason) {
		for (StreamListener listener : this.listeners) {
			listener.rejected(server, reason);
		}
	}

	@Override
	public void acceptPaused(StreamServer server) {
		for (StreamListener listener : this.listeners) {
			listener.acceptPaused(server);
		}
	}

	@Override
	public void acceptResumed(StreamServer server) {
		for (StreamListener listener : this.listeners) {
			listener.acceptResumed(server);
		}
	}

}
