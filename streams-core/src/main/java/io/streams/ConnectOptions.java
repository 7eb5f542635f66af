package io.streams;

import java.net.SocketAddress;
import java.time.Duration;

import io.streams.transport.ClientTransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * Options of a connection that is opened. Immutable; {@link #builder()} and
 * {@link #toBuilder()} make others.
 * <p>
 * asyncio counterpart: the keyword arguments of {@code open_connection}.
 *
 * @since 0.1
 */
public final class ConnectOptions extends ConnectionOptions {

	/** The default options: asyncio's, and 30 seconds to connect. */
	public static final ConnectOptions DEFAULT = builder().build();

	private final ClientTransportOptions connect;

	private final @Nullable Duration happyEyeballsDelay;

	private final @Nullable Integer interleave;

	private final boolean allErrors;

	private ConnectOptions(Builder builder) {
		// Here, so that its failures are counted over all connections made with them.
		super(builder, SafeListener.of(builder.listener()));
		this.connect = builder.connectOptions();
		this.happyEyeballsDelay = builder.happyEyeballsDelay;
		this.interleave = builder.interleave;
		this.allErrors = builder.allErrors;
		if (this.happyEyeballsDelay != null
				&& (this.happyEyeballsDelay.isNegative() || this.happyEyeballsDelay.isZero())) {
			throw new IllegalArgumentException(
					"happyEyeballsDelay is " + this.happyEyeballsDelay + ": give a time above zero (250 ms), or none");
		}
		if (this.interleave != null && this.interleave < 0) {
			throw new IllegalArgumentException(
					"interleave is " + this.interleave + ": give 0 to keep the addresses' order");
		}
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
		return new Builder(this);
	}

	/**
	 * {@return the options of the transport that connects}
	 */
	public ClientTransportOptions connect() {
		return this.connect;
	}

	/**
	 * Returns the time after which the next address is tried beside a silent one.
	 * @return the time, or {@code null} to try one address after the other
	 */
	public @Nullable Duration happyEyeballsDelay() {
		return this.happyEyeballsDelay;
	}

	/**
	 * Returns how many addresses of the first family are tried before the families
	 * alternate.
	 * @return the number, or 0 to keep the order of the addresses
	 */
	public int interleave() {
		if (this.interleave != null) {
			return this.interleave;
		}
		return (this.happyEyeballsDelay != null) ? 1 : 0;
	}

	/**
	 * {@return whether a failure lists every attempt's, even if there was one only}
	 */
	public boolean allErrors() {
		return this.allErrors;
	}

	/** Builds {@link ConnectOptions}; not safe for use by several threads. */
	public static final class Builder extends ConnectionOptions.Builder<Builder> {

		private Duration timeout = ClientTransportOptions.DEFAULT.timeout();

		private @Nullable SocketAddress localAddress;

		private @Nullable Duration happyEyeballsDelay;

		private @Nullable Integer interleave;

		private boolean allErrors;

		private Builder() {
		}

		private Builder(ConnectOptions options) {
			super(options, options.connect.transport());
			this.timeout = options.connect.timeout();
			this.localAddress = options.connect.localAddress();
			this.happyEyeballsDelay = options.happyEyeballsDelay;
			this.interleave = options.interleave;
			this.allErrors = options.allErrors;
		}

		@Override
		protected Builder self() {
			return this;
		}

		/**
		 * Bounds the time that connecting may take: the name lookup and the attempts at
		 * all addresses together. Addresses that are tried one after the other share what
		 * is left equally. The TLS handshake has a timeout of its own. A lookup that
		 * outlasts the timeout ends on a thread in the background.
		 * @param timeout the time, above zero; 30 s by default
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		/**
		 * Sets the address to connect from. Remote addresses of another family are not
		 * tried.
		 * @param localAddress the address, with port 0 for any; {@code null}, the
		 * default, for the system's choice
		 * @return this builder
		 */
		public Builder localAddress(@Nullable SocketAddress localAddress) {
			this.localAddress = localAddress;
			return this;
		}

		/**
		 * Tries the next address beside a silent one after a delay (Happy Eyeballs, RFC
		 * 8305, which recommends 250 ms).
		 * @param delay the delay, above zero; {@code null}, the default, to try one
		 * address after the other
		 * @return this builder
		 */
		public Builder happyEyeballsDelay(@Nullable Duration delay) {
			this.happyEyeballsDelay = delay;
			return this;
		}

		/**
		 * Alternates the address families after so many of the first one. By default 1
		 * with a Happy Eyeballs delay, and 0, which keeps the order, without.
		 * @param firstFamilyCount the number, 0 or more
		 * @return this builder
		 */
		public Builder interleave(int firstFamilyCount) {
			this.interleave = firstFamilyCount;
			return this;
		}

		/**
		 * Sets whether a failure lists every attempt's, even if there was one only.
		 * @param allErrors {@code false} by default
		 * @return this builder
		 */
		public Builder allErrors(boolean allErrors) {
			this.allErrors = allErrors;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range; the message
		 * says which
		 */
		public ConnectOptions build() {
			return new ConnectOptions(this);
		}

		private ClientTransportOptions connectOptions() {
			return ClientTransportOptions.builder()
				.timeout(this.timeout)
				.localAddress(this.localAddress)
				.transport(transportOptions())
				.build();
		}

	}

}
