package io.streams.spring.server;

import io.streams.StreamServer;

import org.springframework.context.ApplicationEvent;

/**
 * Something happened to a server of the application.
 */
public abstract class StreamServerEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	StreamServerEvent(StreamServer server) {
		super(server);
	}

	/**
	 * The server.
	 * @return the server that the event is about
	 */
	public StreamServer getServer() {
		return (StreamServer) getSource();
	}

}
