package io.streams.spring.server;

import java.util.Collection;
import java.util.List;

/**
 * A server is configured, but nothing handles its connections.
 */
public class MissingStreamHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String server;

	private final transient List<String> handled;

	/**
	 * Create an exception.
	 * @param server the name of the server
	 * @param handled the names of the servers that do have a handler
	 */
	public MissingStreamHandlerException(String server, Collection<String> handled) {
		super("Stream server '" + server + "' is configured, but has no handler");
		this.server = server;
		this.handled = List.copyOf(handled);
	}

	public String getServer() {
		return this.server;
	}

	/**
	 * The names of the servers that do have a handler.
	 * @return the names
	 */
	public List<String> getHandled() {
		return this.handled;
	}

}
