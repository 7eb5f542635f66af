package io.streams.spring.server;

import io.streams.StopReport;
import io.streams.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * A server has given its addresses back and ended its connections.
 */
public class StreamServerStoppedEvent extends StreamServerEvent {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable StopReport report;

	/**
	 * Create an event.
	 * @param server the server
	 * @param report how its stop went, or {@code null} if it was closed before, or could
	 * not be stopped
	 */
	public StreamServerStoppedEvent(StreamServer server, @Nullable StopReport report) {
		super(server);
		this.report = report;
	}

	/**
	 * How the stop went: the graceful one, or that which cut off what a graceful one left
	 * when the time of its phase was over.
	 * @return the report, or {@code null} if the application closed the server before, or
	 * it could not be stopped
	 */
	public @Nullable StopReport getReport() {
		return this.report;
	}

}
