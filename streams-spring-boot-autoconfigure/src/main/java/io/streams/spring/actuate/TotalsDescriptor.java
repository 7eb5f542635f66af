package io.streams.spring.actuate;

import java.util.List;

import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamServer;

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
 */
public record TotalsDescriptor(int active, long accepted, long rejected, int readingPaused, int writingPaused,
		int drainWaiters, long readBuffered, long writeBuffered) {

	private static final TotalsDescriptor NONE = new TotalsDescriptor(0, 0, 0, 0, 0, 0, 0, 0);

	static TotalsDescriptor of(StreamServer server, ServerSnapshot snapshot) {
		TotalsDescriptor counts = new TotalsDescriptor(snapshot.activeConnections(), snapshot.acceptedConnections(),
				snapshot.rejectedConnections(), 0, 0, 0, 0, 0);
		return server.connections()
			.stream()
			.map(StreamConnection::snapshot)
			.map(TotalsDescriptor::of)
			.reduce(counts, TotalsDescriptor::plus);
	}

	static TotalsDescriptor sum(List<TotalsDescriptor> totals) {
		return totals.stream().reduce(NONE, TotalsDescriptor::plus);
	}

	private static TotalsDescriptor of(ConnectionSnapshot connection) {
		return new TotalsDescriptor(0, 0, 0, connection.reading().pauses().paused() ? 1 : 0,
				connection.writing().pauses().paused() ? 1 : 0, connection.drainWaiters(),
				connection.reading().buffered(), connection.writing().buffered());
	}

	private TotalsDescriptor plus(TotalsDescriptor other) {
		return new TotalsDescriptor(this.active + other.active, this.accepted + other.accepted,
				this.rejected + other.rejected, this.readingPaused + other.readingPaused,
				this.writingPaused + other.writingPaused, this.drainWaiters + other.drainWaiters,
				this.readBuffered + other.readBuffered, this.writeBuffered + other.writeBuffered);
	}

}
