package io.streams.spring.handler;

/**
 * Two handlers name the same server.
 */
public class DuplicateStreamHandlerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String server;

	private final String first;

	private final String second;

	/**
	 * Create an exception.
	 * @param server the name of the server
	 * @param first where the first annotation is
	 * @param second where the second annotation is
	 */
	public DuplicateStreamHandlerException(String server, String first, String second) {
		super("Stream server '" + server + "' has two handlers: " + first + " and " + second);
		this.server = server;
		this.first = first;
		this.second = second;
	}

	public String getServer() {
		return this.server;
	}

	public String getFirst() {
		return this.first;
	}

	public String getSecond() {
		return this.second;
	}

}
