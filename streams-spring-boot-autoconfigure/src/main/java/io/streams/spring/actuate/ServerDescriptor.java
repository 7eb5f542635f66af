package io.streams.spring.actuate;

import java.util.List;
import java.util.Locale;

import io.streams.ServerSnapshot;
import io.streams.StreamServer;
import io.streams.spring.server.AddressText;

/**
 * A server and its totals.
 *
 * @param name its name
 * @param state {@code bound}, {@code serving}, {@code closing} or {@code closed}
 * @param addresses where it listens
 * @param acceptPaused whether new clients have to wait
 * @param maxConnections how many connections it may have
 * @param totals its connections together
 */
public record ServerDescriptor(String name, String state, List<String> addresses, boolean acceptPaused,
		int maxConnections, TotalsDescriptor totals) {

	static ServerDescriptor of(StreamServer server) {
		ServerSnapshot snapshot = server.snapshot();
		return new ServerDescriptor(snapshot.name(), snapshot.state().name().toLowerCase(Locale.ROOT),
				snapshot.addresses().stream().map(AddressText::of).toList(), snapshot.acceptPaused(),
				snapshot.maxConnections(), TotalsDescriptor.of(server, snapshot));
	}

}
