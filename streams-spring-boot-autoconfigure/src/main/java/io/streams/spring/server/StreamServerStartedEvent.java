package io.streams.spring.server;

import io.streams.StreamServer;

/**
 * A server has its addresses and accepts connections. The property
 * {@code local.streams.<server>.port} is set by now.
 */
public class StreamServerStartedEvent extends StreamServerEvent {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an event.
	 * @param server the server
	 */
	public StreamServerStartedEvent(StreamServer server) {
		super(server);
	}

}
