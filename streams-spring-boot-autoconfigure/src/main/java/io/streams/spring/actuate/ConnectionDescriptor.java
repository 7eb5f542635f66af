package io.streams.spring.actuate;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.streams.ConnectionSnapshot;
import io.streams.StreamConnection;
import io.streams.spring.server.AddressText;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A connection.
 *
 * @param id its random id
 * @param server the name of its server
 * @param state {@code open}, {@code closing}, {@code lingering} or {@code closed}
 * @param localAddress the own address
 * @param remoteAddress the peer's address
 * @param openedAt when it was made
 * @param age how long ago that was
 * @param idle how long no byte moved in either direction
 * @param inputEnded whether the peer ended its side
 * @param handlerRunning whether its handler is at work
 * @param heldByOperator whether an operator stopped reading its peer
 * @param reading what was received and not yet read
 * @param writing what was written and not yet sent
 * @param tls what its peers agreed on, if it was asked for and the connection speaks TLS
 * @param activity who it waits for, and how its time was spent
 * @param handler what its handler does at this moment, if that was asked for and it runs
 * on a thread
 * @param events its last events, the oldest first, if that was asked for
 */
public record ConnectionDescriptor(String id, @Nullable String server, String state, @Nullable String localAddress,
		@Nullable String remoteAddress, Instant openedAt, Duration age, Duration idle, boolean inputEnded,
		boolean handlerRunning, boolean heldByOperator, BufferDescriptor reading, BufferDescriptor writing,
		@Nullable TlsDescriptor tls, ActivityDescriptor activity, @Nullable HandlerDescriptor handler,
		@Nullable List<ConnectionEvent> events) implements OperationResponseBody {

	static ConnectionDescriptor of(ConnectionSnapshot connection) {
		return of(connection, null, null, null);
	}

	static ConnectionDescriptor of(StreamConnection connection, @Nullable List<ConnectionEvent> events) {
		return of(connection.snapshot(), TlsDescriptor.of(connection.info()), connection.handlerThread(), events);
	}

	private static ConnectionDescriptor of(ConnectionSnapshot connection, @Nullable TlsDescriptor tls,
			@Nullable Thread handler, @Nullable List<ConnectionEvent> events) {
		Instant now = connection.openedAt().plus(connection.age());
		return new ConnectionDescriptor(connection.id(), connection.server(),
				connection.state().name().toLowerCase(Locale.ROOT), textOf(connection.localAddress()),
				textOf(connection.remoteAddress()), connection.openedAt(), Millis.of(connection.age()),
				Millis.of(connection.idle()), connection.inputEnded(), connection.handlerRunning(),
				connection.heldByOperator(), BufferDescriptor.of(connection.reading(), null, now),
				BufferDescriptor.of(connection.writing(), connection.drainWaiters(), now), tls,
				ActivityDescriptor.of(connection.activity()), (handler != null) ? HandlerDescriptor.of(handler) : null,
				events);
	}

	private static @Nullable String textOf(@Nullable SocketAddress address) {
		return (address != null) ? AddressText.of(address) : null;
	}

	/**
	 * The thread that runs a handler.
	 *
	 * @param thread its name
	 * @param state its state, as {@link Thread.State} has it, in lower case
	 * @param stack the calls it is in, the innermost first
	 */
	public record HandlerDescriptor(String thread, String state, List<String> stack) {

		/** Frames of a stack that are shown; what is further out is left out. */
		private static final int MAX_FRAMES = 200;

		static HandlerDescriptor of(Thread thread) {
			List<String> stack = Arrays.stream(thread.getStackTrace())
				.limit(MAX_FRAMES)
				.map(StackTraceElement::toString)
				.toList();
			return new HandlerDescriptor(thread.getName(), thread.getState().name().toLowerCase(Locale.ROOT), stack);
		}

	}

}
