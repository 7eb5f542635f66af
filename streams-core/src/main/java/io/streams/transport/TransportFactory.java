package io.streams.transport;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Makes transports: the one door through which streams reach I/O. Safe for use by any
 * thread.
 *
 * @since 0.1
 */
public interface TransportFactory extends AutoCloseable {

	/**
	 * Binds an address. The server transport listens, and accepts connections after
	 * {@link ServerTransport#start()}.
	 * @param address a TCP or Unix-domain address
	 * @param options how to listen, and how to treat accepted connections
	 * @param acceptor decides about each connection
	 * @return the bound server transport
	 * @throws BindFailedException if the address cannot be bound; nothing stays open
	 */
	ServerTransport bind(SocketAddress address, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException;

	/**
	 * Takes a bound socket over. The server transport accepts connections after
	 * {@link ServerTransport#start()}.
	 * @param channel the socket, bound; it belongs to the server transport from now on,
	 * also if this fails
	 * @param options how to treat accepted connections; those on binding have no effect
	 * @param acceptor decides about each connection
	 * @return the server transport
	 * @throws BindFailedException if the socket is not bound or not open; it is closed
	 */
	ServerTransport adopt(ServerSocketChannel channel, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException;

	/**
	 * Connects. Cancelling the future gives the descriptor back.
	 * @param address a TCP or Unix-domain address, resolved
	 * @param options how to connect
	 * @param protocol gets {@code connectionMade}, before the future completes
	 * @return completes with the transport, or with {@link ConnectFailedException}
	 */
	CompletableFuture<Transport> connect(SocketAddress address, ClientTransportOptions options, Protocol protocol);

	/**
	 * Takes a connected socket over.
	 * @param channel the socket; it belongs to the transport from now on
	 * @param options how to treat it
	 * @param protocol gets {@code connectionMade}, before the future completes
	 * @return completes with the transport
	 */
	CompletableFuture<Transport> adopt(SocketChannel channel, TransportOptions options, Protocol protocol);

	/**
	 * How the event loops are doing.
	 * @return a figure for each loop
	 */
	List<LoopStatistics> loops();

	/**
	 * Whether the calling thread is an event loop of this factory, on which nothing may
	 * block.
	 * @return {@code true} on an event loop
	 */
	boolean inEventLoop();

	/** Aborts every connection, closes every listener and ends the loops. */
	@Override
	void close();

}
