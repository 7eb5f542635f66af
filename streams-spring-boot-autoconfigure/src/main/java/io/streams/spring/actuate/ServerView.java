package io.streams.spring.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamServer;

/**
 * A server and all of its connections at one moment. The number of connections decides
 * what a view costs, so that requests share it.
 *
 * @param at the moment
 * @param server the server
 * @param connections all connections, the worst offender first
 * @param closed number of connections that ended, for each reason
 * @param lastClosed the connections that ended last, the latest first
 * @param totals the server with the totals of its connections
 */
record ServerView(Instant at, ServerSnapshot server, List<ConnectionSnapshot> connections, Map<String, Long> closed,
		List<ClosedConnection> lastClosed, ServerDescriptor totals) {

	static ServerView of(StreamServer server, ServerHistory history) {
		Instant at = Instant.now();
		List<ConnectionSnapshot> connections = server.connections()
			.stream()
			.map(StreamConnection::snapshot)
			.sorted(ConnectionSnapshot.WORST_FIRST)
			.toList();
		ServerSnapshot snapshot = server.snapshot();
		return new ServerView(at, snapshot, connections, history.closed().counts(), history.closed().last(),
				ServerDescriptor.of(at, snapshot, connections, history));
	}

}
