package io.streams.spring.autoconfigure;

import io.streams.Streams;
import io.streams.loop.LoopOptions;
import io.streams.spring.autoconfigure.StreamsProperties.Loops;
import io.streams.transport.TransportFactory;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Makes the transports that the properties of the event loops ask for.
 */
final class TransportsMapper {

	private static final String AUTO = "auto";

	private TransportsMapper() {
	}

	static TransportFactory map(Loops properties) {
		LoopOptions options = LoopOptionsMapper.map(properties);
		String sockets = properties.sockets();
		if (sockets == null || sockets.equals(AUTO)) {
			return Streams.newTransports(options);
		}
		try {
			return Streams.newTransports(sockets, options);
		}
		catch (UnsupportedOperationException ex) {
			throw new InvalidConfigurationPropertyValueException("streams.loops.sockets", sockets,
					"Give 'auto' for the best that there are, 'nio', or 'epoll' with streams-epoll on the class path: "
							+ ex.getMessage() + ".");
		}
	}

}
