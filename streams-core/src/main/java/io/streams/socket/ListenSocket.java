package io.streams.socket;

import java.io.IOException;
import java.net.SocketAddress;

import io.streams.transport.ServerTransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * A socket that accepts connections.
 */
public interface ListenSocket extends PolledSocket {

	/**
	 * Binds an address and listens.
	 * @param address the address
	 * @param options how to listen
	 * @throws IOException if the system refuses
	 */
	void bind(SocketAddress address, ServerTransportOptions options) throws IOException;

	/**
	 * Makes a socket that somebody else has bound fit for a loop.
	 * @throws IOException if the system refuses
	 */
	default void adopt() throws IOException {
		throw new UnsupportedOperationException("this kind of socket cannot be taken over");
	}

	/**
	 * The address that it is bound to, with the port that the system chose.
	 * @return the address, or {@code null} if it is not bound
	 * @throws IOException if the socket is closed
	 */
	@Nullable SocketAddress localAddress() throws IOException;

	/**
	 * Accepts one connection.
	 * @return its socket, or {@code null} if none waits
	 * @throws IOException if the system refuses, most likely for want of descriptors
	 */
	@Nullable StreamSocket accept() throws IOException;

}
