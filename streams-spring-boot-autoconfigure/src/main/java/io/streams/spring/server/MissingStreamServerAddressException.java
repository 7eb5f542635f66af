package io.streams.spring.server;

/**
 * A server has a handler, but neither port nor path.
 */
public class MissingStreamServerAddressException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String server;

	/**
	 * Create an exception.
	 * @param server the name of the server
	 */
	public MissingStreamServerAddressException(String server) {
		super("Stream server '" + server + "' has no address: it has neither a port nor a path");
		this.server = server;
	}

	public String getServer() {
		return this.server;
	}

}
