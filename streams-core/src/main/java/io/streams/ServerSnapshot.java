package io.streams;

import java.net.SocketAddress;
import java.util.List;

/**
 * A server at one moment.
 *
 * @param name the server's name
 * @param state what it does
 * @param addresses where it listens
 * @param acceptPaused whether clients wait in its backlog
 * @param acceptHeld whether an operator wants them to
 * @param maxConnections how many connections it takes at once
 * @param activeConnections how many it has
 * @param acceptedConnections how many it accepted since it was made
 * @param rejectedConnections how many it turned away
 * @since 0.1
 */
public record ServerSnapshot(String name, ServerState state, List<SocketAddress> addresses, boolean acceptPaused,
		boolean acceptHeld, int maxConnections, int activeConnections, long acceptedConnections,
		long rejectedConnections) {
}
