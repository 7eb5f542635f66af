package io.streams.transport;

import java.io.IOException;
import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * An address could not be bound. The message names it and the system's reason.
 */
public class BindFailedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final transient SocketAddress address;

	public BindFailedException(SocketAddress address, String reason, @Nullable Throwable cause) {
		super("Could not bind on address " + address + ": " + reason, cause);
		this.address = address;
	}

	public SocketAddress address() {
		return this.address;
	}

}
