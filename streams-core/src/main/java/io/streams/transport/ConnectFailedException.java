package io.streams.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;

import io.streams.flow.FreshFailure;

import org.jspecify.annotations.Nullable;

/**
 * A connection could not be made. The message names the address and the system's reason.
 *
 * @since 0.1
 */
public class ConnectFailedException extends IOException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	private final transient SocketAddress address;

	/**
	 * Creates an exception.
	 * @param address the address that was tried
	 * @param reason why it failed
	 * @param cause the exception of the socket, or {@code null}
	 */
	public ConnectFailedException(SocketAddress address, String reason, @Nullable Throwable cause) {
		super("Could not connect to " + address + ": " + reason, cause);
		this.address = address;
	}

	/**
	 * Create an exception for several attempts.
	 * @param address the first address that was tried
	 * @param failures what became of each attempt
	 */
	public ConnectFailedException(SocketAddress address, List<String> failures) {
		super("Multiple exceptions: " + String.join(", ", failures));
		this.address = address;
	}

	private ConnectFailedException(ConnectFailedException original) {
		super(String.valueOf(original.getMessage()), original);
		this.address = original.address;
	}

	@Override
	public ConnectFailedException copy() {
		return new ConnectFailedException(this);
	}

	/**
	 * {@return the address that was tried}
	 */
	public SocketAddress address() {
		return this.address;
	}

}
