package io.streams.spring.actuate;

import java.util.List;
import java.util.Locale;

import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.spring.server.AddressText;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A server and its totals.
 *
 * @param name its name
 * @param state {@code bound}, {@code serving}, {@code closing} or {@code closed}
 * @param addresses where it listens
 * @param acceptPaused whether new clients have to wait
 * @param acceptHeld whether they do because an operator wants it
 * @param maxConnections how many connections it may have
 * @param totals its connections together
 * @param activity who its connections wait for, and how their time was spent
 */
public record ServerDescriptor(String name, String state, List<String> addresses, boolean acceptPaused,
		boolean acceptHeld, int maxConnections, TotalsDescriptor totals,
		ActivitiesDescriptor activity) implements OperationResponseBody {

	static ServerDescriptor of(StreamServer server, ServerHistory history) {
		List<ConnectionSnapshot> connections = server.connections().stream().map(StreamConnection::snapshot).toList();
		ServerSnapshot snapshot = server.snapshot();
		return new ServerDescriptor(snapshot.name(), snapshot.state().name().toLowerCase(Locale.ROOT),
				snapshot.addresses().stream().map(AddressText::of).toList(), snapshot.acceptPaused(),
				snapshot.acceptHeld(), snapshot.maxConnections(), TotalsDescriptor.of(snapshot, connections, history),
				ActivitiesDescriptor.of(connections.stream().map(ConnectionSnapshot::activity).toList()));
	}

}
