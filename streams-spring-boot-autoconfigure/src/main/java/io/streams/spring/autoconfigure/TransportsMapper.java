package io.streams.spring.autoconfigure;

import io.streams.SocketKind;
import io.streams.Streams;
import io.streams.spring.autoconfigure.StreamsProperties.Loops;
import io.streams.transport.TransportFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Makes the transports that the properties of the event loops ask for.
 */
final class TransportsMapper {

	private TransportsMapper() {
	}

	static TransportFactory map(Loops properties) {
		String sockets = properties.sockets();
		try {
			return Streams.newTransports(kindOf(sockets), LoopOptionsMapper.map(properties));
		}
		catch (UnsupportedOperationException ex) {
			throw new InvalidConfigurationPropertyValueException("streams.loops.sockets", sockets,
					"Give 'auto' for the best that there are, 'nio', or 'epoll' with streams-epoll on the class path: "
							+ ex.getMessage() + ".");
		}
	}

	private static SocketKind kindOf(@Nullable String sockets) {
		return switch (sockets) {
			case null -> SocketKind.AUTOMATIC;
			case "auto" -> SocketKind.AUTOMATIC;
			case "nio" -> SocketKind.NIO;
			case "epoll" -> SocketKind.EPOLL;
			default -> throw new UnsupportedOperationException("there are no socket transports over '" + sockets + "'");
		};
	}

}
