package io.streams.spring.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import io.streams.ConnectionSnapshot;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a server together, at one moment.
 */
final class ConnectionTotals {

	private final Map<Direction, BufferTotals> buffers = new EnumMap<>(Direction.class);

	private int drainWaiters;

	private int waitingHandlers;

	private ConnectionTotals() {
		for (Direction direction : Direction.values()) {
			this.buffers.put(direction, new BufferTotals(direction));
		}
	}

	static ConnectionTotals of(@Nullable StreamServer server) {
		ConnectionTotals totals = new ConnectionTotals();
		if (server != null) {
			server.connections().forEach(totals::add);
		}
		return totals;
	}

	private void add(StreamConnection connection) {
		ConnectionSnapshot snapshot = connection.snapshot();
		this.buffers.values().forEach((buffer) -> buffer.add(snapshot));
		this.drainWaiters += snapshot.drainWaiters();
		this.waitingHandlers += connection.isHandlerWaitingForCarrier() ? 1 : 0;
	}

	BufferTotals buffers(Direction direction) {
		return Objects.requireNonNull(this.buffers.get(direction));
	}

	/** How many drains wait. */
	int drainWaiters() {
		return this.drainWaiters;
	}

	/** How many handlers could run and wait for a carrier. */
	int waitingHandlers() {
		return this.waitingHandlers;
	}

}
