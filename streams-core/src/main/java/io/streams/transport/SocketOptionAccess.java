package io.streams.transport;

import java.io.IOException;
import java.net.SocketOption;
import java.util.Set;

/**
 * The options of a connection's socket, to be read and set while it is open; what would
 * get in the way of the transport, which owns the socket, is left out. Safe for use by
 * any thread.
 * <p>
 * asyncio counterpart: {@code asyncio.trsock.TransportSocket}.
 *
 * @since 0.1
 */
public interface SocketOptionAccess {

	/**
	 * Reads an option.
	 * @param option one of {@link #supportedOptions()}
	 * @param <T> the type of its value
	 * @return the value
	 * @throws UnsupportedOperationException if the socket does not have the option
	 * @throws IOException if the socket is closed, or the system refuses
	 */
	<T> T option(SocketOption<T> option) throws IOException;

	/**
	 * Sets an option.
	 * @param option one of {@link #supportedOptions()}
	 * @param value the value
	 * @param <T> the type of its value
	 * @throws UnsupportedOperationException if the socket does not have the option
	 * @throws IOException if the socket is closed, or the system refuses
	 */
	<T> void setOption(SocketOption<T> option, T value) throws IOException;

	/**
	 * {@return the options that this socket has}
	 */
	Set<SocketOption<?>> supportedOptions();

}
