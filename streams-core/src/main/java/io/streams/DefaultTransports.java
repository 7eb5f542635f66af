package io.streams;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

import io.streams.loop.LoopOptions;
import io.streams.loop.TransportFactoryProvider;
import io.streams.nio.NioTransportFactory;
import io.streams.transport.TransportFactory;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes socket transports: the best that this process supports, or those of a kind.
 */
final class DefaultTransports {

	private static final Logger logger = LoggerFactory.getLogger(DefaultTransports.class);

	private DefaultTransports() {
	}

	/** The best: over {@code java.nio}, unless another provider is present. */
	static TransportFactory create(LoopOptions options) {
		for (TransportFactoryProvider offer : offers()) {
			Optional<String> reason = offer.unsupportedReason();
			if (reason.isEmpty()) {
				logger.info("Socket transports are over {}", offer.name());
				return offer.create(options);
			}
			logger.info("Socket transports are over java.nio: {}", reason.get());
		}
		return NioTransportFactory.create(options);
	}

	/**
	 * Creates the transports of a kind.
	 * @throws UnsupportedOperationException if this process does not support the kind
	 */
	static TransportFactory create(SocketKind kind, LoopOptions options) {
		return switch (kind) {
			case AUTOMATIC -> create(options);
			case NIO -> NioTransportFactory.create(options);
			case EPOLL -> create("epoll", options);
		};
	}

	/** Returns the given transports, or those that the process shares. */
	static TransportFactory orShared(@Nullable TransportFactory given) {
		return (given != null) ? given : Shared.FACTORY;
	}

	/** Returns the address to listen on all interfaces, by IPv4 and IPv6. */
	static InetSocketAddress allInterfaces(int port) {
		return NioTransportFactory.allInterfaces(port);
	}

	private static TransportFactory create(String name, LoopOptions options) {
		for (TransportFactoryProvider offer : offers()) {
			if (offer.name().equals(name)) {
				return offer.create(options);
			}
		}
		throw new UnsupportedOperationException("this process has no sockets over '" + name + "': add streams-" + name
				+ ", which needs Java 22 or newer, or give SocketKind.NIO");
	}

	/**
	 * Returns the providers that can be loaded. A jar for a newer Java cannot.
	 */
	private static List<TransportFactoryProvider> offers() {
		List<TransportFactoryProvider> offers = new ArrayList<>();
		try {
			ServiceLoader.load(TransportFactoryProvider.class, DefaultTransports.class.getClassLoader())
				.forEach(offers::add);
		}
		catch (ServiceConfigurationError | LinkageError ex) {
			logger.info("Socket transports on the class path cannot be loaded: {}", ex.toString());
			logger.debug("They cannot be loaded because of this", ex);
		}
		return offers;
	}

	/** The event loops of the process, made when they are first needed; daemons. */
	private static final class Shared {

		static final TransportFactory FACTORY = create(LoopOptions.DEFAULT);

	}

}
