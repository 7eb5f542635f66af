package io.streams.spring.actuate;

import java.util.List;

import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;

/**
 * Connections together.
 *
 * @param active how many are open
 * @param accepted how many were accepted since the start
 * @param rejected how many clients were turned away since the start
 * @param readingPaused how many are not read, because their handler is too slow
 * @param writingPaused how many have a peer that takes too slowly what it is sent
 * @param drainWaiters how many drains wait
 * @param readBuffered bytes received and not yet read
 * @param writeBuffered bytes written and not yet sent
 * @param bytesReceived bytes received since the start, from connections that are gone too
 * @param bytesSent bytes sent since the start, to connections that are gone too
 */
public record TotalsDescriptor(int active, long accepted, long rejected, int readingPaused, int writingPaused,
		int drainWaiters, long readBuffered, long writeBuffered, long bytesReceived, long bytesSent) {

	private static final TotalsDescriptor NONE = new TotalsDescriptor(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

	static TotalsDescriptor of(ServerSnapshot server, List<ConnectionSnapshot> connections, ServerHistory history) {
		TotalsDescriptor counts = new TotalsDescriptor(server.activeConnections(), server.acceptedConnections(),
				server.rejectedConnections(), 0, 0, 0, 0, 0, history.received(), history.sent());
		return connections.stream().map(TotalsDescriptor::of).reduce(counts, TotalsDescriptor::plus);
	}

	static TotalsDescriptor sum(List<TotalsDescriptor> totals) {
		return totals.stream().reduce(NONE, TotalsDescriptor::plus);
	}

	private static TotalsDescriptor of(ConnectionSnapshot connection) {
		return new TotalsDescriptor(0, 0, 0, connection.reading().pauses().paused() ? 1 : 0,
				connection.writing().pauses().paused() ? 1 : 0, connection.drainWaiters(),
				connection.reading().buffered(), connection.writing().buffered(), 0, 0);
	}

	private TotalsDescriptor plus(TotalsDescriptor other) {
		return new TotalsDescriptor(this.active + other.active, this.accepted + other.accepted,
				this.rejected + other.rejected, this.readingPaused + other.readingPaused,
				this.writingPaused + other.writingPaused, this.drainWaiters + other.drainWaiters,
				this.readBuffered + other.readBuffered, this.writeBuffered + other.writeBuffered,
				this.bytesReceived + other.bytesReceived, this.bytesSent + other.bytesSent);
	}

}
