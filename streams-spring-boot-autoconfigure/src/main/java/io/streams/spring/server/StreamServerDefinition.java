package io.streams.spring.server;

import java.net.SocketAddress;
import java.util.List;
import java.util.function.Supplier;

import io.streams.ConnectionHandler;
import io.streams.ServerOptions;

/**
 * What is needed to start a server.
 *
 * @param name the name of the server
 * @param handler handles its connections
 * @param needsTls whether the handler is of no use to a server that speaks no TLS
 * @param addresses where it listens, TCP or Unix; at least one
 * @param options gives a builder that holds the configured options, a new one for each
 * start, because customizers change it
 */
public record StreamServerDefinition(String name, ConnectionHandler handler, boolean needsTls,
		List<SocketAddress> addresses, Supplier<ServerOptions.Builder> options) {

	public StreamServerDefinition {
		addresses = List.copyOf(addresses);
		if (addresses.isEmpty()) {
			throw new MissingStreamServerAddressException(name);
		}
	}

}
