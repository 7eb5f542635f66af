package io.streams;

import java.net.SocketAddress;
import java.time.Duration;

import io.streams.flow.ReadLimit;
import io.streams.flow.WaterMarks;
import io.streams.tls.TlsOptions;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * How to connect. Immutable; made by {@link #builder()}.
 * <p>
 * asyncio counterpart: the keyword arguments of {@code open_connection}.
 *
 * @param limit the limit of the reader
 * @param tls how to speak TLS from the first byte, or {@code null} for plain bytes
 * @param connect how to connect, and how to treat the connection
 * @param happyEyeballsDelay how long to wait for an address before the next one is tried
 * beside it (RFC 8305, which recommends 250 ms); {@code null} to try one after the other
 * @param interleave how many addresses of the first family to try before the families
 * alternate; 0 to leave the order as it is
 * @param allErrors whether a failure lists every attempt's, even if there was one only
 * @param listener hears what happens
 * @param transports makes the transport, or {@code null} for the process's own
 */
public record ConnectOptions(ReadLimit limit, @Nullable TlsOptions tls, ClientTransportOptions connect,
		@Nullable Duration happyEyeballsDelay, int interleave, boolean allErrors, StreamListener listener,
		@Nullable TransportFactory transports) {

	/** The defaults: asyncio's, and 30 seconds to connect. */
	public static final ConnectOptions DEFAULT = builder().build();

	public ConnectOptions {
		// Here, so that its failures are counted over all connections made with them.
		listener = SafeListener.of(listener);
		if (happyEyeballsDelay != null && (happyEyeballsDelay.isNegative() || happyEyeballsDelay.isZero())) {
			throw new IllegalArgumentException(
					"happyEyeballsDelay is " + happyEyeballsDelay + ": give a time above zero (250 ms), or none");
		}
		if (interleave < 0) {
			throw new IllegalArgumentException("interleave is " + interleave + ": give 0 to keep the addresses' order");
		}
	}

	public static Builder builder() {
		return new Builder();
	}

	/** Builds {@link ConnectOptions}; not safe for use by several threads. */
	public static final class Builder {

		private ReadLimit limit = ReadLimit.DEFAULT;

		private @Nullable TlsOptions tls;

		private Duration timeout = ClientTransportOptions.DEFAULT.timeout();

		private @Nullable SocketAddress localAddress;

		private TransportOptions transport = TransportOptions.DEFAULT;

		private @Nullable Duration happyEyeballsDelay;

		private @Nullable Integer interleave;

		private boolean allErrors;

		private StreamListener listener = StreamListener.NONE;

		private @Nullable TransportFactory transports;

		private Builder() {
		}

		/**
		 * The limit of the reader.
		 * @param bytes bytes of the longest line, 1 to 1 GiB
		 * @return this builder
		 */
		public Builder limit(int bytes) {
			this.limit = new ReadLimit(bytes);
			return this;
		}

		/**
		 * Speaks TLS from the first byte; the connection is open after the handshake.
		 * @param tls how, or {@code null} for plain bytes
		 * @return this builder
		 */
		public Builder tls(@Nullable TlsOptions tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Bounds the time that connecting may take: the name lookup and the attempts at
		 * all addresses together. Addresses that are tried one after the other share what
		 * is left equally. The TLS handshake has a timeout of its own. A lookup that
		 * outlasts the timeout ends on a thread in the background.
		 * @param timeout the time, above zero; 30 seconds by default
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		public Builder localAddress(@Nullable SocketAddress localAddress) {
			this.localAddress = localAddress;
			return this;
		}

		/**
		 * The water marks of the write buffer.
		 * @param marks the marks
		 * @return this builder
		 */
		public Builder waterMarks(WaterMarks marks) {
			this.transport = this.transport.toBuilder().waterMarks(marks).build();
			return this;
		}

		public Builder transport(TransportOptions transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Tries the next address beside a silent one after a delay (Happy Eyeballs).
		 * @param delay the delay, above zero, or {@code null} to try one after the other
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

		public Builder allErrors(boolean allErrors) {
			this.allErrors = allErrors;
			return this;
		}

		public Builder listener(StreamListener listener) {
			this.listener = listener;
			return this;
		}

		public Builder transports(@Nullable TransportFactory transports) {
			this.transports = transports;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range; the message
		 * says which
		 */
		public ConnectOptions build() {
			int interleaved = (this.interleave != null) ? this.interleave : (this.happyEyeballsDelay != null) ? 1 : 0;
			return new ConnectOptions(this.limit, this.tls,
					new ClientTransportOptions(this.timeout, this.localAddress, this.transport),
					this.happyEyeballsDelay, interleaved, this.allErrors, this.listener, this.transports);
		}

	}

}
