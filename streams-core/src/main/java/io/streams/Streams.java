package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import io.streams.loop.LoopOptions;
import io.streams.nio.NioTransportFactory;
import io.streams.tls.TlsInitialization;
import io.streams.transport.Transport;
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
 * asyncio counterpart: {@code start_server}, {@code open_connection},
 * {@code start_unix_server} and {@code open_unix_connection}.
 */
public final class Streams {

	private static final int MAX_PORT = 65_535;

	private Streams() {
	}

	/**
	 * Starts a TCP server with the default options.
	 * @param handler speaks with each client, on a virtual thread of its own
	 * @param host the host name or address to listen on; {@code null} or empty for all
	 * interfaces
	 * @param port the port, up to 65535; 0 has the system choose one
	 * @return the server, which accepts already
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startServer(ConnectionHandler handler, @Nullable String host, int port)
			throws IOException {
		return startServer(handler, host, port, ServerOptions.DEFAULT);
	}

	/**
	 * Starts a TCP server.
	 * @param handler speaks with each client, on a virtual thread of its own
	 * @param host the host name or address to listen on; {@code null} or empty for all
	 * interfaces
	 * @param port the port, up to 65535; 0 has the system choose one
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startServer(ConnectionHandler handler, @Nullable String host, int port,
			ServerOptions options) throws IOException {
		return startServer(handler, listenAddresses(host, port), options);
	}

	/**
	 * Starts a server on several addresses, TCP or Unix.
	 * @param handler speaks with each client, on a virtual thread of its own
	 * @param addresses where to listen; all are bound, or none
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startServer(ConnectionHandler handler, List<? extends SocketAddress> addresses,
			ServerOptions options) throws IOException {
		return start(HandlerRunner.blocking(options, handler), addresses, options);
	}

	/**
	 * Starts a server on a socket that is bound already, as asyncio's {@code sock}
	 * argument does: one that a service manager has handed over, for instance.
	 * @param handler speaks with each client, on a virtual thread of its own
	 * @param channel the socket, TCP or Unix, bound; it belongs to the server from now on
	 * @param options how to serve; those on binding have no effect
	 * @return the server
	 * @throws IOException if the socket is not bound or not open; it is closed
	 */
	public static StreamServer startServer(ConnectionHandler handler, ServerSocketChannel channel,
			ServerOptions options) throws IOException {
		return StreamServer.adopt(HandlerRunner.blocking(options, handler), transports(options.transports()), channel,
				options);
	}

	/**
	 * Starts a TCP server whose handler runs on the event loop.
	 * @param handler speaks with each client without blocking
	 * @param host the host name or address to listen on; {@code null} or empty for all
	 * interfaces
	 * @param port the port, up to 65535; 0 has the system choose one
	 * @return the server, which accepts already
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, @Nullable String host, int port)
			throws IOException {
		return startAsyncServer(handler, host, port, ServerOptions.DEFAULT);
	}

	/**
	 * Starts a TCP server whose handler runs on the event loop.
	 * @param handler speaks with each client without blocking
	 * @param host the host name or address to listen on; {@code null} or empty for all
	 * interfaces
	 * @param port the port, up to 65535; 0 has the system choose one
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, @Nullable String host, int port,
			ServerOptions options) throws IOException {
		return startAsyncServer(handler, listenAddresses(host, port), options);
	}

	/**
	 * Starts a server on several addresses whose handler runs on the event loop.
	 * @param handler speaks with each client without blocking
	 * @param addresses where to listen; all are bound, or none
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if an address cannot be bound; nothing stays open
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, List<? extends SocketAddress> addresses,
			ServerOptions options) throws IOException {
		return start(HandlerRunner.asynchronous(handler), addresses, options);
	}

	/**
	 * Starts a server on a socket that is bound already, whose handler runs on the event
	 * loop.
	 * @param handler speaks with each client without blocking
	 * @param channel the socket, TCP or Unix, bound; it belongs to the server from now on
	 * @param options how to serve; those on binding have no effect
	 * @return the server
	 * @throws IOException if the socket is not bound or not open; it is closed
	 */
	public static StreamServer startAsyncServer(AsyncConnectionHandler handler, ServerSocketChannel channel,
			ServerOptions options) throws IOException {
		return StreamServer.adopt(HandlerRunner.asynchronous(handler), transports(options.transports()), channel,
				options);
	}

	/**
	 * Starts a server on a Unix socket with the default options.
	 * @param handler speaks with each client, on a virtual thread of its own
	 * @param path the socket's file; a stale one is replaced, a living server's is not
	 * @return the server, which accepts already
	 * @throws IOException if the path cannot be bound
	 */
	public static StreamServer startUnixServer(ConnectionHandler handler, Path path) throws IOException {
		return startUnixServer(handler, path, ServerOptions.DEFAULT);
	}

	/**
	 * Starts a server on a Unix socket.
	 * @param handler speaks with each client, on a virtual thread of its own
	 * @param path the socket's file; a stale one is replaced, a living server's is not
	 * @param options how to serve
	 * @return the server
	 * @throws IOException if the path cannot be bound
	 */
	public static StreamServer startUnixServer(ConnectionHandler handler, Path path, ServerOptions options)
			throws IOException {
		return startServer(handler, List.of(UnixDomainSocketAddress.of(path)), options);
	}

	/**
	 * Connects to a TCP server with the default options.
	 * @param host the host name or address
	 * @param port the port, 1 to 65535
	 * @return the connection
	 * @throws UnknownHostException if the host has no address
	 * @throws IOException if none of its addresses can be reached
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
	 * @throws UnknownHostException if the host has no address
	 * @throws java.io.InterruptedIOException if the thread is interrupted, in the name
	 * lookup as well
	 * @throws IOException if none of its addresses can be reached within the connect
	 * timeout
	 */
	public static StreamConnection openConnection(String host, int port, ConnectOptions options) throws IOException {
		requireRemotePort(port);
		TransportFactory transports = blockingTransports(options);
		return await(ConnectionOpening.connect(transports, host, port, options), host, AbandonedConnection.opener());
	}

	/**
	 * Connects to a TCP server without blocking; the host name is looked up on another
	 * thread, within the connect timeout.
	 * @param host the host name or address
	 * @param port the port, 1 to 65535
	 * @param options how to connect
	 * @return completes with the connection, or exceptionally as
	 * {@link #openConnection(String, int, ConnectOptions)} throws; cancelling it gives up
	 */
	public static CompletableFuture<StreamConnection> openConnectionAsync(String host, int port,
			ConnectOptions options) {
		requireRemotePort(port);
		CompletableFuture<StreamConnection> outcome = new CompletableFuture<>();
		try {
			relay(ConnectionOpening.connect(transports(options.transports()), host, port, options), outcome,
					AbandonedConnection.opener());
		}
		catch (RuntimeException | Error ex) {
			outcome.completeExceptionally(ex);
		}
		return outcome;
	}

	/**
	 * Connects to a server by its address, of whatever kind the transports know.
	 * @param address the address, as {@link StreamServer#addresses()} gives it: TCP,
	 * resolved, or Unix; or a {@code MemoryAddress}, with the
	 * {@code MemoryTransportFactory} that it belongs to in the options
	 * @param options how to connect
	 * @return the connection
	 * @throws IOException if the server cannot be reached
	 */
	public static StreamConnection openConnection(SocketAddress address, ConnectOptions options) throws IOException {
		return await(ConnectionOpening.connect(blockingTransports(options), address, options), address,
				AbandonedConnection.opener());
	}

	/**
	 * Connects to a server by its address without blocking.
	 * @param address the address, as
	 * {@link #openConnection(SocketAddress, ConnectOptions)} takes it
	 * @param options how to connect
	 * @return completes with the connection, or exceptionally as
	 * {@link #openConnection(SocketAddress, ConnectOptions)} throws; cancelling it gives
	 * up
	 */
	public static CompletableFuture<StreamConnection> openConnectionAsync(SocketAddress address,
			ConnectOptions options) {
		CompletableFuture<StreamConnection> outcome = new CompletableFuture<>();
		try {
			relay(ConnectionOpening.connect(transports(options.transports()), address, options), outcome,
					AbandonedConnection.opener());
		}
		catch (RuntimeException | Error ex) {
			outcome.completeExceptionally(ex);
		}
		return outcome;
	}

	/**
	 * Takes a connected socket over, as asyncio's {@code sock} argument does. With TLS in
	 * the options, the handshake comes first.
	 * @param channel the socket, connected; it belongs to the connection from now on
	 * @param options how to treat it
	 * @return the connection
	 * @throws IOException if it is not connected, or the handshake fails
	 */
	public static StreamConnection openConnection(SocketChannel channel, ConnectOptions options) throws IOException {
		TransportFactory transports = blockingTransports(options);
		if (options.tls() != null) {
			TlsInitialization.await();
		}
		return await(Connector.adopt(transports, channel, options), channel, AbandonedConnection.opener());
	}

	/**
	 * Connects to a server on a Unix socket with the default options.
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
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
		return await(ConnectionOpening.connect(blockingTransports(options), address, options), path,
				AbandonedConnection.opener());
	}

	/**
	 * The address on which to listen to be reached on all interfaces, by IPv4 and IPv6.
	 * @param port the port
	 * @return the address
	 */
	public static InetSocketAddress allInterfaces(int port) {
		return NioTransportFactory.allInterfaces(port);
	}

	/**
	 * Creates event loops of one's own, over the best sockets that there are: over epoll
	 * where {@code streams-epoll} is on the class path and supported, or else over
	 * {@code java.nio}. What is given no transports shares those of the process.
	 * @param options how many loops, and of what kind
	 * @return the factory, to be closed by the caller
	 */
	public static TransportFactory newTransports(LoopOptions options) {
		return DefaultTransports.create(options);
	}

	/**
	 * Repeats an asynchronous step until it completes with {@code false}: the loop of an
	 * {@link AsyncConnectionHandler}. Unlike a chain of {@code thenCompose} that never
	 * ends, it keeps nothing of the steps before.
	 * <p>
	 * The first step starts on the calling thread, each other one on the thread that
	 * completed the step before. Steps that complete at once follow in a loop; on an
	 * event loop, other connections run after 64 of them.
	 * <p>
	 * asyncio counterpart: a {@code while} loop with an {@code await} in it.
	 * @param step starts a step; its stage completes with {@code true} if another step
	 * follows. It must not block
	 * @return completes normally once a step completed with {@code false}, exceptionally
	 * with the failure of a step, or with what {@code step} threw. Completing it in any
	 * other way, as by {@code cancel} or {@code orTimeout}, cancels the stage of the step
	 * that runs, and no other step starts
	 */
	public static CompletableFuture<@Nullable Void> repeat(Supplier<? extends CompletionStage<Boolean>> step) {
		return new Repetition(step).start();
	}

	/**
	 * Creates event loops of one's own, over sockets of one's choice.
	 * @param sockets {@code nio}, or {@code epoll} with {@code streams-epoll} on the
	 * class path
	 * @param options how many loops, and of what kind
	 * @return the factory, to be closed by the caller
	 * @throws UnsupportedOperationException if there are no such sockets in this process;
	 * the message says why
	 */
	public static TransportFactory newTransports(String sockets, LoopOptions options) {
		return DefaultTransports.create(sockets, options);
	}

	private static StreamServer start(HandlerStarter handler, List<? extends SocketAddress> addresses,
			ServerOptions options) throws IOException {
		if (addresses.isEmpty()) {
			throw new IllegalArgumentException("server '" + options.name() + "' has no address: give at least one");
		}
		return StreamServer.bind(handler, transports(options.transports()), addresses, options);
	}

	private static List<InetSocketAddress> listenAddresses(@Nullable String host, int port)
			throws UnknownHostException {
		if (port < 0 || port > MAX_PORT) {
			throw new IllegalArgumentException(
					"port is " + port + ": give 0 to have the system choose one, or 1 to " + MAX_PORT);
		}
		if (host == null || host.isEmpty()) {
			return List.of(allInterfaces(port));
		}
		return Arrays.stream(InetAddress.getAllByName(host))
			.distinct()
			.map((address) -> new InetSocketAddress(address, port))
			.toList();
	}

	private static void requireRemotePort(int port) {
		if (port < 1 || port > MAX_PORT) {
			throw new IllegalArgumentException(
					"port is " + port + ": give the one on which the server listens, 1 to " + MAX_PORT);
		}
	}

	private static void relay(CompletableFuture<ConnectionCore> from, CompletableFuture<StreamConnection> to,
			@Nullable Throwable opener) {
		to.whenComplete((connection, failure) -> from.cancel(false));
		from.whenComplete((connection, failure) -> {
			if (failure != null) {
				to.completeExceptionally(failure);
			}
			else if (!to.complete(connection.viewForOpener(opener))) {
				connection.abort();
			}
		});
	}

	private static StreamConnection await(CompletableFuture<ConnectionCore> connecting, Object target,
			@Nullable Throwable opener) throws IOException {
		try {
			return connecting.get().viewForOpener(opener);
		}
		catch (InterruptedException ex) {
			connecting.cancel(false);
			// One that stood before the cancel has no owner.
			connecting.thenAccept(ConnectionCore::abort);
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("connecting to " + target + " was interrupted");
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof IOException failure) {
				failure.fillInStackTrace();
				throw failure;
			}
			throw new IOException("connecting to " + target + " failed", ex.getCause());
		}
	}

	private static TransportFactory blockingTransports(ConnectOptions options) {
		TransportFactory transports = transports(options.transports());
		if (transports.inEventLoop()) {
			throw new IllegalStateException("openConnection would block the event loop: call openConnectionAsync");
		}
		return transports;
	}

	private static TransportFactory transports(@Nullable TransportFactory given) {
		return (given != null) ? given : SharedTransports.FACTORY;
	}

	/** The process's own event loops, made when they are first needed; daemons. */
	private static final class SharedTransports {

		static final TransportFactory FACTORY = DefaultTransports.create(LoopOptions.DEFAULT);

	}

}
