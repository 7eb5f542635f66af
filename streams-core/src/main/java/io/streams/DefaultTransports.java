package io.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

import io.streams.loop.LoopOptions;
import io.streams.loop.TransportFactoryProvider;
import io.streams.nio.NioTransportFactory;
import io.streams.transport.TransportFactory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes socket transports: the best that this process has, or those of a name.
 */
final class DefaultTransports {

	private static final Logger logger = LoggerFactory.getLogger(DefaultTransports.class);

	/** Those that are always there. */
	private static final String NIO = "nio";

	private DefaultTransports() {
	}

	/** The best: over {@code java.nio}, unless somebody offers others. */
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
	 * Those of a name.
	 * @throws UnsupportedOperationException if there are none
	 */
	static TransportFactory create(String name, LoopOptions options) {
		if (name.equals(NIO)) {
			return NioTransportFactory.create(options);
		}
		for (TransportFactoryProvider offer : offers()) {
			if (offer.name().equals(name)) {
				return offer.create(options);
			}
		}
		throw new UnsupportedOperationException("there are no socket transports over '" + name
				+ "': give 'nio', or add the jar that has them, such as streams-epoll, which needs Java 22 or newer");
	}

	/**
	 * All that can be loaded: a jar for a newer Java than this one is as good as none.
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

}
