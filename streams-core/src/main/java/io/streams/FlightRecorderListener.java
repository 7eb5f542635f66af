package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Writes what happens on connections to the Flight Recorder, with the ids that logs and
 * the management endpoint use. Costs next to nothing while no recording runs.
 *
 * @since 0.1
 */
public final class FlightRecorderListener implements StreamListener {

	/** Stalls that go on, only while a recording runs that wants them. */
	private final Map<StallKey, Stall> stalls = new ConcurrentHashMap<>();

	/**
	 * Creates a listener that writes events while a recording runs.
	 */
	public FlightRecorderListener() {
	}

	@Override
	public void opened(StreamConnection connection) {
		commit(new ConnectionOpened(), connection);
	}

	@Override
	public void closed(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
		ConnectionClosed event = new ConnectionClosed();
		event.reason = reason.text();
		commit(event, connection);
	}

	@Override
	public void readingPaused(StreamConnection connection) {
		paused(connection, "read");
	}

	@Override
	public void readingResumed(StreamConnection connection, Duration paused) {
		resumed(connection, "read", paused);
	}

	@Override
	public void writingPaused(StreamConnection connection) {
		paused(connection, "write");
	}

	@Override
	public void writingResumed(StreamConnection connection, Duration paused) {
		resumed(connection, "write", paused);
	}

	@Override
	public void drainFinished(StreamConnection connection, Duration waited) {
		Drained event = new Drained();
		event.waited = waited.toNanos();
		commit(event, connection);
	}

	private void paused(StreamConnection connection, String direction) {
		Paused event = new Paused();
		event.direction = direction;
		commit(event, connection);
		Stall stall = new Stall();
		if (stall.isEnabled()) {
			stall.direction = direction;
			stall.begin();
			this.stalls.put(new StallKey(connection, direction), stall);
		}
	}

	private void resumed(StreamConnection connection, String direction, Duration paused) {
		Stall stall = this.stalls.remove(new StallKey(connection, direction));
		if (stall != null) {
			stall.end();
			commit(stall, connection);
		}
		Resumed event = new Resumed();
		event.direction = direction;
		event.paused = paused.toNanos();
		commit(event, connection);
	}

	private static void commit(StreamEvent event, StreamConnection connection) {
		if (event.shouldCommit()) {
			event.connection = connection.id();
			event.server = connection.serverName();
			event.commit();
		}
	}

	/** What all events tell. */
	@Category("Streams")
	@StackTrace(false)
	@Enabled
	private abstract static class StreamEvent extends Event {

		@Label("Connection")
		@Nullable String connection;

		@Label("Server")
		@Nullable String server;

	}

	/** A connection was made. */
	@Name("io.streams.ConnectionOpened")
	@Label("Connection Opened")
	private static final class ConnectionOpened extends StreamEvent {

	}

	/** A connection is gone. */
	@Name("io.streams.ConnectionClosed")
	@Label("Connection Closed")
	private static final class ConnectionClosed extends StreamEvent {

		@Label("Reason")
		@Nullable String reason;

	}

	/** A direction was paused. */
	@Name("io.streams.Paused")
	@Label("Paused")
	private static final class Paused extends StreamEvent {

		@Label("Direction")
		@Nullable String direction;

	}

	/** The time that a direction was paused; short ones are left out. */
	@Name("io.streams.Stall")
	@Label("Stall")
	@Threshold("10 ms")
	private static final class Stall extends StreamEvent {

		@Label("Direction")
		@Nullable String direction;

	}

	/** Which stall. */
	private record StallKey(StreamConnection connection, String direction) {
	}

	/** A direction was resumed. */
	@Name("io.streams.Resumed")
	@Label("Resumed")
	private static final class Resumed extends StreamEvent {

		@Label("Direction")
		@Nullable String direction;

		@Label("Paused For")
		@Timespan
		long paused;

	}

	/** A drain that waited is over. */
	@Name("io.streams.Drained")
	@Label("Drained")
	private static final class Drained extends StreamEvent {

		@Label("Waited For")
		@Timespan
		long waited;

	}

}
