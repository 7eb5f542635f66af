package io.streams.transport;

import java.net.SocketAddress;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Options of a transport that connects. Immutable; {@link #builder()} and
 * {@link #toBuilder()} make others.
 *
 * @since 0.1
 */
public final class ClientTransportOptions {

	/** The default options: 30 seconds to connect. */
	public static final ClientTransportOptions DEFAULT = builder().build();

	private final Duration timeout;

	private final @Nullable SocketAddress localAddress;

	private final TransportOptions transport;

	private ClientTransportOptions(Builder builder) {
		if (builder.timeout.isNegative() || builder.timeout.isZero()) {
			throw new IllegalArgumentException("connect timeout is " + builder.timeout + ": give a time above zero");
		}
		this.timeout = builder.timeout;
		this.localAddress = builder.localAddress;
		this.transport = builder.transport;
	}

	/**
	 * Makes a builder that starts with the default options.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Makes a builder that starts with these options.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder().timeout(this.timeout).localAddress(this.localAddress).transport(this.transport);
	}

	/**
	 * Returns the longest time that connecting may take.
	 * @return the time
	 */
	public Duration timeout() {
		return this.timeout;
	}

	/**
	 * Returns the address to connect from.
	 * @return the address, or {@code null} for the system's choice
	 */
	public @Nullable SocketAddress localAddress() {
		return this.localAddress;
	}

	/**
	 * Returns the options of the connection.
	 * @return the options
	 */
	public TransportOptions transport() {
		return this.transport;
	}

	/** Builds {@link ClientTransportOptions}; not safe for use by several threads. */
	public static final class Builder {

		private Duration timeout = Duration.ofSeconds(30);

		private @Nullable SocketAddress localAddress;

		private TransportOptions transport = TransportOptions.DEFAULT;

		private Builder() {
		}

		/**
		 * Bounds the time that connecting may take.
		 * @param timeout the time, above zero; 30 s by default
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		/**
		 * Sets the address to connect from.
		 * @param localAddress the address; {@code null}, the default, for the system's
		 * choice
		 * @return this builder
		 */
		public Builder localAddress(@Nullable SocketAddress localAddress) {
			this.localAddress = localAddress;
			return this;
		}

		/**
		 * Sets the options of the connection.
		 * @param transport the options; {@link TransportOptions#DEFAULT} by default
		 * @return this builder
		 */
		public Builder transport(TransportOptions transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if the timeout is zero or negative
		 */
		public ClientTransportOptions build() {
			return new ClientTransportOptions(this);
		}

	}

}
