package io.streams.spring.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

import io.streams.ConnectionSnapshot;
import io.streams.ServerSnapshot;
import io.streams.spring.server.AddressText;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A server and its totals.
 *
 * @param at when its connections were looked at
 * @param name its name
 * @param state {@code bound}, {@code serving}, {@code closing} or {@code closed}
 * @param addresses where it listens
 * @param acceptPaused whether new clients have to wait
 * @param acceptHeld whether they do because an operator wants it
 * @param maxConnections how many connections it may have
 * @param totals its connections together
 * @param activity who its connections wait for, and how their time was spent
 */
public record ServerDescriptor(Instant at, String name, String state, List<String> addresses, boolean acceptPaused,
		boolean acceptHeld, int maxConnections, TotalsDescriptor totals,
		ActivitiesDescriptor activity) implements OperationResponseBody {

	static ServerDescriptor of(Instant at, ServerSnapshot server, List<ConnectionSnapshot> connections,
			ServerHistory history) {
		return new ServerDescriptor(at, server.name(), server.state().name().toLowerCase(Locale.ROOT),
				server.addresses().stream().map(AddressText::of).toList(), server.acceptPaused(), server.acceptHeld(),
				server.maxConnections(), TotalsDescriptor.of(server, connections, history),
				ActivitiesDescriptor.of(connections.stream().map(ConnectionSnapshot::activity).toList()));
	}

}
