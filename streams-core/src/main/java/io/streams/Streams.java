package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.streams.loop.LoopOptions;
import io.streams.transport.TransportFactory;

import org.jspecify.annotations.Nullable;

/**
 * Servers and connections of byte streams: the door to this library.
 *
 * <pre>
 * try (StreamServer server = Streams.startServer(handler, "localhost", 8888)) {
 *     server.serveForever();
 * }
 * try (StreamConnection c = Streams.openConnection("localhost", 8888)) {
 *     c.writer().write(bytes);
 *     byte[] line = c.reader().readLine();
 * }
 * </pre>
 *
 * The names follow one rule. {@code startServer} takes a {@link ConnectionHandler}, and
 * {@code startAsyncServer} an {@link AsyncConnectionHandler}. {@code openConnection}
 * waits, and {@code openConnectionAsync} returns a future. All four exist for host and
 * port, for one or more socket addresses, for an open socket, and for a Unix path.
 * <p>
 * asyncio counterpart: {@code start_server}, {@code open_connection}, and their Unix
 * forms.
 *
 * @since 0.1
 */
public final class Streams {

	private Streams() {
	}

	/**
	 * Starts a TCP server, with the default options.
	 * @param handler speaks with each client, on a thread of its own
	 * @param host the host to listen on; all interfaces if {@code null} or empty
	 * @param port the port, up to 65535; 0 for a free one
	 * @return the server, which accepts already
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startServer(ConnectionHandler handler, @Nullable String host, int port)
			throws IOException {
		return startServer(handler, host, port, ServerOptions.DEFAULT);
	}

	/**
	 * Starts a TCP server.
	 * @param handler speaks with each client, on a thread of its own
	 * @param host the host to listen on; all interfaces if {@code null} or empty
	 * @param port the port, up to 65535; 0 for a free one
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startServer(ConnectionHandler handler, @Nullable String host, int port,
			ServerOptions options) throws IOException {
		return ServerStart.on(HandlerRunner.blocking(options, handler), host, port, options);
	}

	/**
	 * Starts a server, on an address of any kind.
	 * @param handler speaks with each client, on a thread of its own
	 * @param address where to listen: TCP, Unix, or of the kind that the transports know
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startServer(ConnectionHandler handler, SocketAddress address, ServerOptions options)
			throws IOException {
		return startServer(handler, List.of(address), options);
	}

	/**
	 * Starts a server, on several addresses.
	 * @param handler speaks with each client, on a thread of its own
	 * @param addresses where to listen; all are bound, or none
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startServer(ConnectionHandler handler, List<? extends SocketAddress> addresses,
			ServerOptions options) throws IOException {
		return ServerStart.on(HandlerRunner.blocking(options, handler), addresses, options);
	}

	/**
	 * Starts a server on a socket that is bound already, by a service manager for
	 * instance.
	 * @param handler speaks with each client, on a thread of its own
	 * @param channel the socket, TCP or Unix, bound; it belongs to the server from now on
	 * @param options how to serve; those on binding have no effect
	 * @return the server
	 * @throws IOException if the socket is not bound or not open; it is closed
	 */
	public static StreamServer startServer(ConnectionHandler handler, ServerSocketChannel channel,
			ServerOptions options) throws IOException {
		return ServerStart.on(HandlerRunner.blocking(options, handler), channel, options);
	}

	/**
	 * Starts a server on a Unix socket, with the default options.
	 * @param handler speaks with each client, on a thread of its own
	 * @param path the socket's file; a stale one is replaced, a living server's is not
	 * @return the server, which accepts already
	 * @throws IOException if the path cannot be bound
	 */
	public static StreamServer startUnixServer(ConnectionHandler handler, Path path) throws IOException {
		return startUnixServer(handler, path, ServerOptions.DEFAULT);
	}

	/**
	 * Starts a server on a Unix socket.
	 * @param handler speaks with each client, on a thread of its own
	 * @param path the socket's file; a stale one is replaced, a living server's is not
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if the path cannot be bound
	 */
	public static StreamServer startUnixServer(ConnectionHandler handler, Path path, ServerOptions options)
			throws IOException {
		return startServer(handler, UnixDomainSocketAddress.of(path), options);
	}

	/**
	 * Starts a TCP server whose handler runs on the event loop, with the default options.
	 * @param handler speaks with each client without blocking, on the event loop
	 * @param host the host to listen on; all interfaces if {@code null} or empty
	 * @param port the port, up to 65535; 0 for a free one
	 * @return the server, which accepts already
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, @Nullable String host, int port)
			throws IOException {
		return startAsyncServer(handler, host, port, ServerOptions.DEFAULT);
	}

	/**
	 * Starts a TCP server whose handler runs on the event loop.
	 * @param handler speaks with each client without blocking, on the event loop
	 * @param host the host to listen on; all interfaces if {@code null} or empty
	 * @param port the port, up to 65535; 0 for a free one
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, @Nullable String host, int port,
			ServerOptions options) throws IOException {
		return ServerStart.on(HandlerRunner.asynchronous(handler), host, port, options);
	}

	/**
	 * Starts a server whose handler runs on the event loop, on an address of any kind.
	 * @param handler speaks with each client without blocking, on the event loop
	 * @param address where to listen: TCP, Unix, or of the kind that the transports know
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, SocketAddress address,
			ServerOptions options) throws IOException {
		return startAsyncServer(handler, List.of(address), options);
	}

	/**
	 * Starts a server whose handler runs on the event loop, on several addresses.
	 * @param handler speaks with each client without blocking, on the event loop
	 * @param addresses where to listen; all are bound, or none
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, List<? extends SocketAddress> addresses,
			ServerOptions options) throws IOException {
		return ServerStart.on(HandlerRunner.asynchronous(handler), addresses, options);
	}

	/**
	 * Starts a server whose handler runs on the event loop, on a socket that is bound
	 * already.
	 * @param handler speaks with each client without blocking, on the event loop
	 * @param channel the socket, TCP or Unix, bound; it belongs to the server from now on
	 * @param options how to serve; those on binding have no effect
	 * @return the server
	 * @throws IOException if the socket is not bound or not open; it is closed
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, ServerSocketChannel channel,
			ServerOptions options) throws IOException {
		return ServerStart.on(HandlerRunner.asynchronous(handler), channel, options);
	}

	/**
	 * Starts a server on a Unix socket whose handler runs on the event loop.
	 * @param handler speaks with each client without blocking, on the event loop
	 * @param path the socket's file; a stale one is replaced, a living server's is not
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if the path cannot be bound
	 */
	public static StreamServer startAsyncUnixServer(AsyncConnectionHandler handler, Path path, ServerOptions options)
			throws IOException {
		return startAsyncServer(handler, UnixDomainSocketAddress.of(path), options);
	}

	/**
	 * Connects to a TCP server, with the default options.
	 * @param host the host name or address
	 * @param port the port, 1 to 65535
	 * @return the connection
	 * @throws IOException if the host has no address, or none can be reached
	 */
	public static StreamConnection openConnection(String host, int port) throws IOException {
		return openConnection(host, port, ConnectOptions.DEFAULT);
	}

	/**
	 * Connects to a TCP server.
	 * @param host the host name or address
	 * @param port the port, 1 to 65535
	 * @param options how to connect
	 * @return the connection
	 * @throws java.net.UnknownHostException if the host has no address
	 * @throws java.io.InterruptedIOException if the thread is interrupted
	 * @throws IOException if no address can be reached within the connect timeout
	 */
	public static StreamConnection openConnection(String host, int port, ConnectOptions options) throws IOException {
		return ConnectionTarget.host(host, port, options).open();
	}

	/**
	 * Connects to a server by its address, of whatever kind the transports know.
	 * @param address the address, as {@link StreamServer#addresses()} gives it
	 * @param options how to connect
	 * @return the connection
	 * @throws IOException if the server cannot be reached
	 */
	public static StreamConnection openConnection(SocketAddress address, ConnectOptions options) throws IOException {
		return ConnectionTarget.address(address, options).open();
	}

	/**
	 * Connects to one of several addresses of a server.
	 * @param addresses the addresses, resolved, in the order to try them
	 * @param options how to connect
	 * @return the connection
	 * @throws IOException if none of them can be reached within the connect timeout
	 */
	public static StreamConnection openConnection(List<? extends SocketAddress> addresses, ConnectOptions options)
			throws IOException {
		return ConnectionTarget.addresses(addresses, addresses, options).open();
	}

	/**
	 * Takes over a connected socket; with TLS in the options, the handshake comes first.
	 * @param channel the socket, connected; it belongs to the connection from now on
	 * @param options how to treat it
	 * @return the connection
	 * @throws IOException if it is not connected, or the handshake fails
	 */
	public static StreamConnection openConnection(SocketChannel channel, ConnectOptions options) throws IOException {
		return ConnectionTarget.channel(channel, options).open();
	}

	/**
	 * Connects to a server on a Unix socket, with the default options.
	 * @param path the socket's file
	 * @return the connection
	 * @throws IOException if the server cannot be reached
	 */
	public static StreamConnection openUnixConnection(Path path) throws IOException {
		return openUnixConnection(path, ConnectOptions.DEFAULT);
	}

	/**
	 * Connects to a server on a Unix socket.
	 * @param path the socket's file
	 * @param options how to connect
	 * @return the connection
	 * @throws IOException if the server cannot be reached
	 */
	public static StreamConnection openUnixConnection(Path path, ConnectOptions options) throws IOException {
		return ConnectionTarget.path(path, options).open();
	}

	/**
	 * Connects to a TCP server without blocking, not even in the name lookup.
	 * @param host the host name or address
	 * @param port the port, 1 to 65535
	 * @param options how to connect
	 * @return completes as the blocking form returns or throws; cancelling it gives up
	 */
	public static CompletableFuture<StreamConnection> openConnectionAsync(String host, int port,
			ConnectOptions options) {
		return ConnectionTarget.host(host, port, options).openAsync();
	}

	/**
	 * Connects to a server by its address without blocking.
	 * @param address the address: TCP, resolved, or Unix, or in memory
	 * @param options how to connect
	 * @return completes as the blocking form returns or throws; cancelling it gives up
	 */
	public static CompletableFuture<StreamConnection> openConnectionAsync(SocketAddress address,
			ConnectOptions options) {
		return ConnectionTarget.address(address, options).openAsync();
	}

	/**
	 * Connects to one of several addresses of a server without blocking.
	 * @param addresses the addresses, resolved, in the order to try them
	 * @param options how to connect
	 * @return completes as the blocking form returns or throws; cancelling it gives up
	 */
	public static CompletableFuture<StreamConnection> openConnectionAsync(List<? extends SocketAddress> addresses,
			ConnectOptions options) {
		return ConnectionTarget.addresses(addresses, addresses, options).openAsync();
	}

	/**
	 * Takes over a connected socket without blocking.
	 * @param channel the socket, connected; it belongs to the connection from now on
	 * @param options how to treat it
	 * @return completes as the blocking form returns or throws; cancelling it gives up
	 */
	public static CompletableFuture<StreamConnection> openConnectionAsync(SocketChannel channel,
			ConnectOptions options) {
		return ConnectionTarget.channel(channel, options).openAsync();
	}

	/**
	 * Connects to a server on a Unix socket without blocking.
	 * @param path the socket's file
	 * @param options how to connect
	 * @return completes as the blocking form returns or throws; cancelling it gives up
	 */
	public static CompletableFuture<StreamConnection> openUnixConnectionAsync(Path path, ConnectOptions options) {
		return ConnectionTarget.path(path, options).openAsync();
	}

	/**
	 * Returns the address to listen on all interfaces, by IPv4 and IPv6.
	 * @param port the port
	 * @return the address
	 */
	public static InetSocketAddress allInterfaces(int port) {
		return DefaultTransports.allInterfaces(port);
	}

	/**
	 * Creates event loops of one's own, over the best sockets that this process supports.
	 * @param options how many loops, and of what kind
	 * @return the factory, which the caller closes
	 */
	public static TransportFactory newTransports(LoopOptions options) {
		return DefaultTransports.create(options);
	}

	/**
	 * Creates event loops of one's own, over sockets of a kind.
	 * @param sockets the kind
	 * @param options how many loops, and of what kind
	 * @return the factory, which the caller closes
	 * @throws UnsupportedOperationException if this process does not support the kind
	 */
	public static TransportFactory newTransports(SocketKind sockets, LoopOptions options) {
		return DefaultTransports.create(sockets, options);
	}

	/**
	 * Repeats an asynchronous step until it completes with {@code false}: the loop of an
	 * {@link AsyncConnectionHandler}. Unlike a chain of {@code thenCompose}, it keeps no
	 * earlier step. Each step starts on the thread that completed the one before; on an
	 * event loop, other connections run after 64 steps that completed at once.
	 * <p>
	 * asyncio counterpart: a {@code while} loop with an {@code await} in it.
	 * @param step starts a step, without blocking; its stage completes with {@code true}
	 * if another step follows
	 * @return completes normally once a step completed with {@code false}, exceptionally
	 * with the failure of a step. Completing it in any other way, as by {@code cancel} or
	 * {@code orTimeout}, cancels the running step's stage, and no other step starts
	 */
	public static CompletableFuture<@Nullable Void> repeat(Supplier<? extends CompletionStage<Boolean>> step) {
		return new Repetition(step).start();
	}

}
