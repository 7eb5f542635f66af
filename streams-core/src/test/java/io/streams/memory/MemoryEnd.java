package io.streams.memory;

import java.time.Duration;

import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportOptions;

/**
 * One end of a connection in memory that a test opens itself.
 *
 * @param socket the end
 */
public record MemoryEnd(MemoryStreamSocket socket) {

	private static final TransportOptions SETTINGS = TransportOptions.DEFAULT.toBuilder()
		.lingerTimeout(Duration.ZERO)
		.build();

	/** Makes both ends of a connection. */
	public static MemoryEnd[] pair(int chunk) {
		MemoryStreamSocket[] sockets = MemoryConnections.pair(chunk);
		return new MemoryEnd[] { new MemoryEnd(sockets[0]), new MemoryEnd(sockets[1]) };
	}

	/** Gives the end its protocol, which knows of the connection when this returns. */
	public Transport open(Protocol protocol) {
		return MemoryConnections.loops().adoptNow(this.socket, SETTINGS, protocol);
	}

}
