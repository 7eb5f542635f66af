package io.streams.tls;

import java.io.IOException;
import java.time.Duration;

/**
 * Hears how a handshake ended. Called on the event loop; must not block.
 *
 * @since 0.1
 */
public interface HandshakeListener {

	/** Hears nothing. */
	HandshakeListener NONE = new HandshakeListener() {
	};

	/**
	 * The peers have agreed; the protocol is told of its connection next.
	 * @param time how long it took
	 */
	default void handshakeSucceeded(Duration time) {
	}

	/**
	 * The peers have not agreed, or not in time. The protocol never hears of the
	 * connection, which is gone when the peer has been told, or would not listen.
	 * @param time how long it took
	 * @param cause why
	 */
	default void handshakeFailed(Duration time, IOException cause) {
	}

	/**
	 * The peer has left before it sent a byte, as a probe of the port does. Called in
	 * place of {@link #handshakeFailed}, which is the default.
	 * @param time how long the peer was connected
	 * @param cause how the connection ended
	 */
	default void peerSentNothing(Duration time, IOException cause) {
		handshakeFailed(time, cause);
	}

	/**
	 * The connection of a handshake that failed is closed. Called after
	 * {@link #handshakeFailed} or {@link #peerSentNothing}. Not called after an upgrade:
	 * the protocol hears of its connection.
	 */
	default void connectionGone() {
	}

}
