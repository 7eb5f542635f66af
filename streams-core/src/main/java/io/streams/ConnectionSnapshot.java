package io.streams;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

import io.streams.flow.ActivityTimes;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * A connection at one moment, without any payload.
 *
 * @param id the connection's random id
 * @param server the name of the server that accepted it, or {@code null} for a client
 * @param state the state of its transport
 * @param localAddress the own address
 * @param remoteAddress the peer's address, if it has one
 * @param openedAt when it was made
 * @param age how long ago that was, by a monotonic clock
 * @param idle how long no byte moved in either direction
 * @param reading what was received and not yet read
 * @param writing what was written and not yet sent
 * @param drainWaiters how many callers wait in {@code drain}
 * @param inputEnded whether the peer ended its side
 * @param handlerRunning whether a handler is at work on it
 * @param heldByOperator whether an operator stopped reading its peer
 * @param activity how its time was spent
 * @since 0.1
 */
public record ConnectionSnapshot(String id, @Nullable String server, TransportState state,
		@Nullable SocketAddress localAddress, @Nullable SocketAddress remoteAddress, Instant openedAt, Duration age,
		Duration idle, BufferSnapshot reading, BufferSnapshot writing, int drainWaiters, boolean inputEnded,
		boolean handlerRunning, boolean heldByOperator, ActivityTimes activity) {

	/**
	 * The worst offender first: who blocks a writer, then who is not read, each the
	 * longest first, then who has the fullest buffers.
	 */
	public static final Comparator<ConnectionSnapshot> WORST_FIRST = Comparator
		.comparingLong((ConnectionSnapshot c) -> c.writing().pauses().currentNanos())
		.thenComparingLong((c) -> c.reading().pauses().currentNanos())
		.thenComparingLong((c) -> c.writing().buffered() + c.reading().buffered())
		.reversed()
		.thenComparing(ConnectionSnapshot::openedAt);

}
