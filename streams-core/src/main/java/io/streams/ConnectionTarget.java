package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.streams.transport.TransportFactory;

import org.jspecify.annotations.Nullable;

/**
 * The target of a connection that {@link Streams} opens: a host, addresses, or a socket
 * that is connected already.
 *
 * @param target the target, for errors
 * @param options how to connect
 * @param connecting starts to connect to the target
 */
record ConnectionTarget(Object target, ConnectOptions options, Connecting connecting) {

	private static final int MAX_PORT = 65_535;

	static ConnectionTarget host(String host, int port, ConnectOptions options) {
		if (port < 1 || port > MAX_PORT) {
			throw new IllegalArgumentException(
					"port is " + port + ": give the one on which the server listens, 1 to " + MAX_PORT);
		}
		return new ConnectionTarget(host, options,
				(transports) -> ConnectionOpening.connect(transports, host, port, options));
	}

	static ConnectionTarget address(SocketAddress address, ConnectOptions options) {
		return addresses(address, List.of(address), options);
	}

	static ConnectionTarget addresses(Object target, List<? extends SocketAddress> addresses, ConnectOptions options) {
		if (addresses.isEmpty()) {
			throw new IllegalArgumentException("there is no address to connect to: give at least one");
		}
		return new ConnectionTarget(target, options,
				(transports) -> ConnectionOpening.connect(transports, addresses, options));
	}

	static ConnectionTarget path(Path path, ConnectOptions options) {
		return addresses(path, List.of(UnixDomainSocketAddress.of(path)), options);
	}

	static ConnectionTarget channel(SocketChannel channel, ConnectOptions options) {
		return new ConnectionTarget(channel, options,
				(transports) -> ConnectionOpening.adopt(transports, channel, options));
	}

	/** Opens the connection, and waits until it is open. */
	StreamConnection open() throws IOException {
		TransportFactory transports = DefaultTransports.orShared(this.options.transports());
		if (transports.inEventLoop()) {
			throw new IllegalStateException("openConnection would block the event loop: call openConnectionAsync");
		}
		return await(this.connecting.start(transports), AbandonedConnection.opener());
	}

	/** Opens the connection without blocking. */
	CompletableFuture<StreamConnection> openAsync() {
		CompletableFuture<StreamConnection> outcome = new CompletableFuture<>();
		try {
			relay(this.connecting.start(DefaultTransports.orShared(this.options.transports())), outcome,
					AbandonedConnection.opener());
		}
		catch (IOException | RuntimeException | Error ex) {
			outcome.completeExceptionally(ex);
		}
		return outcome;
	}

	private StreamConnection await(CompletableFuture<ConnectionCore> connecting, @Nullable Throwable opener)
			throws IOException {
		try {
			return connecting.get().viewForOpener(opener);
		}
		catch (InterruptedException ex) {
			connecting.cancel(false);
			// A connection that was open before the cancel has no owner.
			connecting.thenAccept(ConnectionCore::abort);
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("connecting to " + this.target + " was interrupted");
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof IOException failure) {
				failure.fillInStackTrace();
				throw failure;
			}
			throw new IOException("connecting to " + this.target + " failed", ex.getCause());
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

	/** Starts to connect. */
	@FunctionalInterface
	interface Connecting {

		CompletableFuture<ConnectionCore> start(TransportFactory transports) throws IOException;

	}

}
