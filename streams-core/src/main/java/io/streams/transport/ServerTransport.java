package io.streams.transport;

import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * A bound listener. Safe for use by any thread; no method blocks.
 *
 * @since 0.1
 */
public interface ServerTransport {

	/**
	 * The address it is bound to, with the port that the system chose.
	 * @return the address, kept after the close
	 */
	SocketAddress localAddress();

	/** Begins to accept; idempotent. */
	void start();

	/** Accepts again after {@link Acceptor#mayAccept()} said no; idempotent. */
	void resumeAccepting();

	/**
	 * Whether accepting is paused, by the acceptor or after a failed accept.
	 * @return {@code true} if clients wait in the backlog
	 */
	boolean isAcceptingPaused();

	/**
	 * Whether the listener is open.
	 * @return {@code false} after {@link #close()} or a failure
	 */
	boolean isOpen();

	/**
	 * Closes the listener; connections that it accepted stay. Idempotent.
	 * @return completes when the address is free again
	 */
	CompletableFuture<Void> close();

}
