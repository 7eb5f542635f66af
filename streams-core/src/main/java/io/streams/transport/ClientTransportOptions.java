package io.streams.transport;

import java.net.SocketAddress;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How to connect.
 *
 * @param timeout the longest time that connecting may take
 * @param localAddress the address to connect from, or {@code null} for the system's
 * choice
 * @param transport how to treat the connection
 */
public record ClientTransportOptions(Duration timeout, @Nullable SocketAddress localAddress,
		TransportOptions transport) {

	/** 30 seconds to connect. */
	public static final ClientTransportOptions DEFAULT = new ClientTransportOptions(Duration.ofSeconds(30), null,
			TransportOptions.DEFAULT);

	public ClientTransportOptions {
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("connect timeout is " + timeout + ": give a time above zero");
		}
	}

}
