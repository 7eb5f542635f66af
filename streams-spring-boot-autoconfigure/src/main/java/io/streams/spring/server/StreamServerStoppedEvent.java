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
	 * @param report how its graceful stop went, or {@code null} if it had none or that
	 * did not end in time
	 */
	public StreamServerStoppedEvent(StreamServer server, @Nullable StopReport report) {
		super(server);
		this.report = report;
	}

	/**
	 * How the graceful stop went.
	 * @return the report, or {@code null} if there was no graceful stop or it did not end
	 * in time
	 */
	public @Nullable StopReport getReport() {
		return this.report;
	}

}
