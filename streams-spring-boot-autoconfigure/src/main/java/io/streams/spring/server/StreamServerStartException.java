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

	/**
	 * Create an exception.
	 * @param server the name of the server
	 * @param cause why it could not be started
	 */
	public StreamServerStartException(String server, IOException cause) {
		super("Stream server '" + server + "' could not be started: " + cause.getMessage(), cause);
		this.server = server;
	}

	public String getServer() {
		return this.server;
	}

	/**
	 * The address that could not be bound.
	 * @return the address, or {@code null} if the cause was another
	 */
	public @Nullable SocketAddress getAddress() {
		return (getCause() instanceof BindFailedException failure) ? failure.address() : null;
	}

}
