package io.streams.spring.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;
import io.streams.spring.server.AddressText;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A server and a page of its connections.
 *
 * @param at when its connections were looked at
 * @param name its name
 * @param state {@code bound}, {@code serving}, {@code closing} or {@code closed}
 * @param addresses where it listens
 * @param acceptPaused whether new clients have to wait
 * @param acceptHeld whether they do because an operator wants it
 * @param maxConnections how many connections it may have
 * @param activeConnections how many it has
 * @param acceptedConnections how many it accepted since its start
 * @param rejectedConnections how many clients it turned away since its start
 * @param closedConnections how many connections ended, for each reason for which one did
 * @param lastClosed the connections that ended last, the latest first
 * @param page which part of the connections this is
 * @param connections the connections, the worst offender first
 */
public record ServerConnectionsDescriptor(Instant at, String name, String state, List<String> addresses,
		boolean acceptPaused, boolean acceptHeld, int maxConnections, int activeConnections, long acceptedConnections,
		long rejectedConnections, Map<String, Long> closedConnections, List<ClosedConnection> lastClosed,
		PageDescriptor page, List<ConnectionDescriptor> connections) implements OperationResponseBody {

	static ServerConnectionsDescriptor of(ServerView view, List<ConnectionSnapshot> connections, int page, int size) {
		List<ConnectionDescriptor> shown = connections.stream()
			.skip((long) page * size)
			.limit(size)
			.map(ConnectionDescriptor::of)
			.toList();
		ServerSnapshot server = view.server();
		return new ServerConnectionsDescriptor(view.at(), server.name(), server.state().name().toLowerCase(Locale.ROOT),
				server.addresses().stream().map(AddressText::of).toList(), server.acceptPaused(), server.acceptHeld(),
				server.maxConnections(), server.activeConnections(), server.acceptedConnections(),
				server.rejectedConnections(), view.closed(), view.lastClosed(),
				PageDescriptor.of(page, size, connections.size()), shown);
	}

	/**
	 * A page.
	 *
	 * @param number its number, from 0 on
	 * @param size how many elements a page has
	 * @param totalElements how many elements there are
	 * @param totalPages how many pages there are
	 */
	public record PageDescriptor(int number, int size, int totalElements, int totalPages) {

		static PageDescriptor of(int number, int size, int totalElements) {
			return new PageDescriptor(number, size, totalElements, Math.ceilDiv(totalElements, size));
		}

	}

}
