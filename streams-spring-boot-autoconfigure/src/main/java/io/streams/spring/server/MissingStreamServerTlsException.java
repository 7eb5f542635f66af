package io.streams.spring.server;

/**
 * A server's handler takes an {@code SSLSession}, but the server speaks no TLS.
 */
public class MissingStreamServerTlsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String server;

	/**
	 * Create an exception.
	 * @param server the name of the server
	 */
	public MissingStreamServerTlsException(String server) {
		super("Stream server '" + server + "' speaks no TLS, but its handler takes an SSLSession");
		this.server = server;
	}

	public String getServer() {
		return this.server;
	}

}
