package io.streams.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a server transport asks and tells. Called on the listener's event loop; must not
 * block.
 *
 * @since 0.1
 */
public interface Acceptor {

	/**
	 * Asked before each accept. After a {@code false} the listener pauses, and clients
	 * wait in its backlog, until {@link ServerTransport#resumeAccepting()}.
	 * @return whether one more connection may be accepted now
	 */
	boolean mayAccept();

	/**
	 * A connection was accepted.
	 * @param remoteAddress who connected, or {@code null} if the peer has no name; the
	 * same that the transport's {@link TransportInfo} will name
	 * @return the protocol for it, or {@code null} to have it closed at once
	 */
	@Nullable Protocol accepted(@Nullable SocketAddress remoteAddress);

	/**
	 * Returns the threads of the handlers that run, to name those that keep event loops
	 * waiting. Called by any thread.
	 * @return the threads; none by default
	 */
	default Collection<Thread> handlerThreads() {
		return List.of();
	}

	/**
	 * An accept failed, most likely for want of descriptors. The listener stays open,
	 * pauses and tries again.
	 * @param cause the system's error
	 * @param pause how long the listener pauses; zero if it does not, because only this
	 * client, which has gone already, was at fault
	 */
	void acceptFailed(IOException cause, Duration pause);

	/**
	 * A connection was accepted and has a protocol, but no transport could be made of it;
	 * its socket was closed.
	 * @param remoteAddress who connected, or {@code null} if the peer has no name
	 * @param protocol the protocol that it has
	 * @param cause what went wrong
	 */
	void setupFailed(@Nullable SocketAddress remoteAddress, @Nullable Protocol protocol, Throwable cause);

}
