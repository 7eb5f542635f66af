package io.streams.spring.actuate;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.streams.CloseReason;
import io.streams.HandlerOutcome;
import io.streams.StreamConnection;
import io.streams.StreamListener;
import org.jspecify.annotations.Nullable;

/**
 * What happened on one server: the last events of each open connection, why the others
 * ended, and all bytes. Of errors it keeps the kind only, because their words may be a
 * peer's.
 */
final class ServerHistory implements StreamListener {

	private final Map<StreamConnection, ConnectionEvents> events = new ConcurrentHashMap<>();

	private final ClosedConnections closed = new ClosedConnections();

	private final LongAdder received = new LongAdder();

	private final LongAdder sent = new LongAdder();

	List<ConnectionEvent> eventsOf(StreamConnection connection) {
		ConnectionEvents found = this.events.get(connection);
		return (found != null) ? found.list() : List.of();
	}

	/** How many connections have events. */
	int size() {
		return this.events.size();
	}

	/** The connections that are gone. */
	ClosedConnections closed() {
		return this.closed;
	}

	long received() {
		return this.received.sum();
	}

	long sent() {
		return this.sent.sum();
	}

	void operated(StreamConnection connection, String what) {
		add(connection, "operator", null, what);
	}

	@Override
	public void opened(StreamConnection connection) {
		ConnectionEvents opened = new ConnectionEvents();
		opened.add("opened");
		this.events.put(connection, opened);
	}

	@Override
	public void closed(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
		this.events.remove(connection);
		this.closed.add(connection, reason, cause);
	}

	@Override
	public void failed(@Nullable StreamConnection connection, String what, Throwable cause) {
		if (connection != null) {
			add(connection, "failed", null, what + ": " + cause.getClass().getSimpleName());
		}
	}

	@Override
	public void readingPaused(StreamConnection connection) {
		add(connection, "reading-paused", null, null);
	}

	@Override
	public void readingResumed(StreamConnection connection, Duration paused) {
		add(connection, "reading-resumed", paused, null);
	}

	@Override
	public void writingPaused(StreamConnection connection) {
		add(connection, "writing-paused", null, null);
	}

	@Override
	public void writingResumed(StreamConnection connection, Duration paused) {
		add(connection, "writing-resumed", paused, null);
	}

	@Override
	public void drainStarted(StreamConnection connection) {
		add(connection, "drain-started", null, null);
	}

	@Override
	public void drainFinished(StreamConnection connection, Duration waited) {
		add(connection, "drain-finished", waited, null);
	}

	@Override
	public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
			@Nullable Throwable failure) {
		add(connection, "handler-finished", time, outcome.text());
	}

	@Override
	public void bytesReceived(StreamConnection connection, int count) {
		this.received.add(count);
	}

	@Override
	public void bytesSent(StreamConnection connection, long count) {
		this.sent.add(count);
	}

	private void add(StreamConnection connection, String event, @Nullable Duration lasted, @Nullable String detail) {
		ConnectionEvents found = this.events.get(connection);
		if (found != null) {
			found.add(event, lasted, detail);
		}
	}

}
