package io.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Starts servers for {@link Streams}, on every kind of address.
 */
final class ServerStart {

	private static final int MAX_PORT = 65_535;

	private ServerStart() {
	}

	/** Starts a server on all addresses of a host; {@code null} for all interfaces. */
	static StreamServer on(HandlerStarter handler, @Nullable String host, int port, ServerOptions options)
			throws IOException {
		return on(handler, addresses(host, port), options);
	}

	/** Starts a server on several addresses; all are bound, or none. */
	static StreamServer on(HandlerStarter handler, List<? extends SocketAddress> addresses, ServerOptions options)
			throws IOException {
		if (addresses.isEmpty()) {
			throw new IllegalArgumentException("server '" + options.name() + "' has no address: give at least one");
		}
		return StreamServer.bind(handler, DefaultTransports.orShared(options.transports()), addresses, options);
	}

	/** Starts a server on a socket that is bound already. */
	static StreamServer on(HandlerStarter handler, ServerSocketChannel channel, ServerOptions options)
			throws IOException {
		return StreamServer.adopt(handler, DefaultTransports.orShared(options.transports()), channel, options);
	}

	private static List<InetSocketAddress> addresses(@Nullable String host, int port) throws UnknownHostException {
		if (port < 0 || port > MAX_PORT) {
			throw new IllegalArgumentException(
					"port is " + port + ": give 0 to have the system choose one, or 1 to " + MAX_PORT);
		}
		if (host == null || host.isEmpty()) {
			return List.of(DefaultTransports.allInterfaces(port));
		}
		return Arrays.stream(InetAddress.getAllByName(host))
			.distinct()
			.map((address) -> new InetSocketAddress(address, port))
			.toList();
	}

}
