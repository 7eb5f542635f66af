package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Hears what happens on connections: the one channel on which metrics, the management
 * endpoint, logs and tests hang.
 * <p>
 * Methods are called by the event loop or by the thread that caused the event, some with
 * a lock of the connection held: they must be quick and must not block. They may call
 * {@code close()} and {@code abort()} of the connection that they are told of, neither of
 * which waits where a lock is held; but neither take a snapshot of the connection nor
 * wait for another thread, which could hold the connection's other lock. What they throw
 * is logged and harms nobody.
 * <p>
 * asyncio counterpart: {@code loop.call_exception_handler}, and its debug log.
 *
 * @since 0.1
 */
public interface StreamListener {

	/** Hears nothing. */
	StreamListener NONE = new StreamListener() {
	};

	/**
	 * A connection stands, as a server's or as a client.
	 * @param connection the connection
	 */
	default void opened(StreamConnection connection) {
	}

	/**
	 * A connection is gone.
	 * @param connection the connection
	 * @param reason why
	 * @param cause the error that ended it, if one did
	 */
	default void closed(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
	}

	/**
	 * Something failed that no caller is told of.
	 * @param connection the connection that it concerns, if any
	 * @param what what failed, in a few words
	 * @param cause the failure
	 */
	default void failed(@Nullable StreamConnection connection, String what, Throwable cause) {
	}

	/**
	 * The reader's buffer went above twice its limit; the peer is no longer read.
	 * @param connection the connection
	 */
	default void readingPaused(StreamConnection connection) {
	}

	/**
	 * The peer is read again, or the connection is gone.
	 * @param connection the connection
	 * @param paused how long it was not
	 */
	default void readingResumed(StreamConnection connection, Duration paused) {
	}

	/**
	 * The write buffer went above its high-water mark.
	 * @param connection the connection
	 */
	default void writingPaused(StreamConnection connection) {
	}

	/**
	 * The write buffer sank to its low-water mark, or the connection is gone.
	 * @param connection the connection
	 * @param paused how long it was above
	 */
	default void writingResumed(StreamConnection connection, Duration paused) {
	}

	/**
	 * A {@code drain} begins to wait.
	 * @param connection the connection
	 */
	default void drainStarted(StreamConnection connection) {
	}

	/**
	 * A {@code drain} that waited goes on, or fails.
	 * @param connection the connection
	 * @param waited how long it waited
	 */
	default void drainFinished(StreamConnection connection, Duration waited) {
	}

	/**
	 * Bytes came in.
	 * @param connection the connection
	 * @param count how many
	 */
	default void bytesReceived(StreamConnection connection, int count) {
	}

	/**
	 * Bytes were taken by the system.
	 * @param connection the connection
	 * @param count how many
	 */
	default void bytesSent(StreamConnection connection, long count) {
	}

	/**
	 * A connection's handler ended.
	 * @param connection the connection
	 * @param outcome how
	 * @param time how long it ran
	 * @param failure what it threw, if it did
	 */
	default void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
			@Nullable Throwable failure) {
	}

	/**
	 * A TLS handshake ended.
	 * @param server the server, or {@code null} for a client's connection
	 * @param outcome how
	 * @param time how long it took
	 * @param cause why it failed, if it did
	 */
	default void handshakeFinished(@Nullable StreamServer server, HandshakeOutcome outcome, Duration time,
			@Nullable IOException cause) {
	}

	/**
	 * A client was turned away, or could not be accepted.
	 * @param server the server
	 * @param reason why
	 */
	default void rejected(StreamServer server, RejectReason reason) {
	}

	/**
	 * A server stopped accepting for a while, because it has all the connections that it
	 * may have, or because an accept failed.
	 * @param server the server
	 */
	default void acceptPaused(StreamServer server) {
	}

	/**
	 * A server accepts again.
	 * @param server the server
	 */
	default void acceptResumed(StreamServer server) {
	}

	/**
	 * Several listeners as one, called in their order.
	 * @param listeners the listeners
	 * @return one listener
	 */
	static StreamListener all(List<? extends StreamListener> listeners) {
		return switch (listeners.size()) {
			case 0 -> NONE;
			case 1 -> listeners.get(0);
			default -> new CompositeListener(List.copyOf(listeners));
		};
	}

}
