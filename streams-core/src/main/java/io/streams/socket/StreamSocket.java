package io.streams.socket;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import io.streams.transport.SocketOptionAccess;
import io.streams.transport.TransportOptions;

import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * A socket for one connection. Its bytes are read on the event loop; whoever writes sees
 * to it that nobody else does, and that nobody closes it meanwhile.
 */
public interface StreamSocket extends PolledSocket {

	/**
	 * Sets the options of a socket that was just opened or accepted.
	 * @param settings what they are to be
	 * @param unix whether it is a Unix socket, which has none of TCP's
	 * @throws IOException if the system refuses
	 */
	void configure(TransportOptions settings, boolean unix) throws IOException;

	/**
	 * Chooses the address to connect from.
	 * @param local the address
	 * @throws IOException if the system refuses
	 */
	void bind(SocketAddress local) throws IOException;

	/**
	 * Begins to connect.
	 * @param remote to whom
	 * @return whether the connection stands already; if not, the socket is to be watched
	 * for {@link #CONNECT}
	 * @throws IOException if the system refuses
	 */
	boolean connect(SocketAddress remote) throws IOException;

	/**
	 * Ends an attempt to connect that has come to its end.
	 * @throws IOException if it failed
	 */
	void finishConnect() throws IOException;

	/**
	 * Makes a socket that somebody else has opened fit for a loop.
	 * @throws IOException if the system refuses
	 * @throws IllegalArgumentException if it is not connected
	 */
	default void adopt() throws IOException {
		throw new UnsupportedOperationException("this kind of socket cannot be taken over");
	}

	/**
	 * Reads what there is.
	 * @param target a direct buffer
	 * @return how many bytes; -1 at the end of the input, and 0 if there are none
	 * @throws IOException if the connection is broken
	 */
	int read(ByteBuffer target) throws IOException;

	/**
	 * Writes as much as the system takes.
	 * @param data the bytes; its position moves on
	 * @return how many were taken
	 * @throws IOException if the connection is broken
	 */
	int write(ByteBuffer data) throws IOException;

	/**
	 * Writes as much as the system takes, of one buffer after the other.
	 * @param data the bytes; their positions need not move on
	 * @return how many were taken
	 * @throws IOException if the connection is broken
	 */
	long write(ByteBuffer[] data) throws IOException;

	/**
	 * Returns the bytes that were written and that the peer has not acknowledged: how
	 * many of them there are matters less than that they become fewer. Event loop only.
	 * @return bytes, 0 if the peer has acknowledged everything, or -1 if the system does
	 * not tell
	 */
	default long unacknowledged() {
		return -1;
	}

	/**
	 * Ends the own side.
	 * @throws IOException if the connection is broken
	 */
	void shutdownOutput() throws IOException;

	/**
	 * The own address, known since the connection stands. Any thread may ask, also after
	 * the close.
	 * @return the address, or {@code null} if the socket has none
	 */
	@Nullable SocketAddress localAddress();

	/**
	 * The peer's address, known since the connection stands. Any thread may ask, also
	 * after the close.
	 * @return the address, or {@code null} if the peer has none
	 */
	@Nullable SocketAddress remoteAddress();

	/**
	 * The options that users may see.
	 * @return the options, or {@code null} if it has none; safe for use by any thread,
	 * also after the close
	 */
	@Nullable SocketOptionAccess options();

	/**
	 * Who is at the other end of a Unix socket.
	 * @return the peer, or {@code null} if the system does not tell
	 */
	@Nullable UnixDomainPrincipal peer();

	/** Has the close send a reset, so that the peer does not take it for a good end. */
	void resetOnClose();

}
