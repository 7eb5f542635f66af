package io.streams;

import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

import io.streams.loop.LoopOptions;
import io.streams.loop.SocketTransportProvider;
import io.streams.nio.NioTransportFactory;
import io.streams.transport.TransportFactory;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes socket transports: the best that this process has, or those of a name.
 */
final class SocketTransports {

	private static final Logger logger = LoggerFactory.getLogger(SocketTransports.class);

	/** Those that are always there. */
	private static final String NIO = "nio";

	private SocketTransports() {
	}

	/** The best: over {@code java.nio}, unless somebody offers others. */
	static TransportFactory create(LoopOptions options) {
		for (Iterator<SocketTransportProvider> offers = offers(); hasNext(offers);) {
			SocketTransportProvider offer = next(offers);
			Optional<String> reason = (offer != null) ? offer.unsupportedReason() : Optional.empty();
			if (offer != null && reason.isEmpty()) {
				logger.info("Socket transports are over {}", offer.name());
				return offer.create(options);
			}
			reason.ifPresent((why) -> logger.info("Socket transports are over java.nio: {}", why));
		}
		return NioTransportFactory.create(options);
	}

	/**
	 * Those of a name.
	 * @throws UnsupportedOperationException if there are none
	 */
	static TransportFactory create(String name, LoopOptions options) {
		if (name.equals(NIO)) {
			return NioTransportFactory.create(options);
		}
		for (Iterator<SocketTransportProvider> offers = offers(); hasNext(offers);) {
			SocketTransportProvider offer = next(offers);
			if (offer != null && offer.name().equals(name)) {
				return offer.create(options);
			}
		}
		throw new UnsupportedOperationException("there are no socket transports over '" + name
				+ "': give 'nio', or add the jar that has them, such as streams-epoll, which needs Java 22 or newer");
	}

	private static Iterator<SocketTransportProvider> offers() {
		return ServiceLoader.load(SocketTransportProvider.class, SocketTransports.class.getClassLoader()).iterator();
	}

	private static boolean hasNext(Iterator<SocketTransportProvider> offers) {
		try {
			return offers.hasNext();
		}
		catch (ServiceConfigurationError | LinkageError ex) {
			logger.debug("Socket transports that are offered cannot be loaded", ex);
			return false;
		}
	}

	private static @Nullable SocketTransportProvider next(Iterator<SocketTransportProvider> offers) {
		try {
			return offers.next();
		}
		catch (ServiceConfigurationError | LinkageError ex) {
			logger.debug("Socket transports that are offered cannot be used", ex);
			return null;
		}
	}

}
