package io.streams.spring.server;

import java.io.IOException;
import java.net.SocketAddress;

import io.streams.transport.BindFailedException;
import org.jspecify.annotations.Nullable;

/**
 * A server could not be started; its cause says why.
 */
public class StreamServerStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String server;

	private final @Nullable String otherServer;

	/**
	 * Create an exception.
	 * @param server the name of the server
	 * @param cause why it could not be started
	 */
	public StreamServerStartException(String server, IOException cause) {
		this(server, null, cause);
	}

	/**
	 * Create an exception.
	 * @param server the name of the server
	 * @param otherServer the name of the server of this application that has the address,
	 * or {@code null} if there is none
	 * @param cause why it could not be started
	 */
	public StreamServerStartException(String server, @Nullable String otherServer, IOException cause) {
		super("Stream server '" + server + "' could not be started: " + cause.getMessage(), cause);
		this.server = server;
		this.otherServer = otherServer;
	}

	public String getServer() {
		return this.server;
	}

	/**
	 * Returns the server of this application that has the address already.
	 * @return the name of the server, or {@code null} if there is none
	 */
	public @Nullable String getOtherServer() {
		return this.otherServer;
	}

	/**
	 * The address that could not be bound.
	 * @return the address, or {@code null} if the cause was another
	 */
	public @Nullable SocketAddress getAddress() {
		return (getCause() instanceof BindFailedException failure) ? failure.address() : null;
	}

}
