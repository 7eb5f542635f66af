package io.streams;

import java.net.SocketAddress;
import java.time.Duration;

import io.streams.flow.ReadLimit;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectSettings;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportSettings;

import org.jspecify.annotations.Nullable;

/**
 * How to connect. Immutable; made by {@link #builder()}.
 * <p>
 * asyncio counterpart: the keyword arguments of {@code open_connection}.
 *
 * @param limit the limit of the reader
 * @param connect how to connect, and how to treat the connection
 * @param listener hears what happens
 * @param transports makes the transport, or {@code null} for the process's own
 */
public record ConnectOptions(ReadLimit limit, ConnectSettings connect, StreamListener listener,
		@Nullable TransportFactory transports) {

	/** The defaults: asyncio's, and 30 seconds to connect. */
	public static final ConnectOptions DEFAULT = builder().build();

	public static Builder builder() {
		return new Builder();
	}

	/** Builds {@link ConnectOptions}; not safe for use by several threads. */
	public static final class Builder {

		private ReadLimit limit = ReadLimit.DEFAULT;

		private Duration timeout = ConnectSettings.DEFAULT.timeout();

		private @Nullable SocketAddress localAddress;

		private TransportSettings transport = TransportSettings.DEFAULT;

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
		 * The longest time that connecting may take.
		 * @param timeout the time, above zero
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

		public Builder transport(TransportSettings transport) {
			this.transport = transport;
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
			return new ConnectOptions(this.limit, new ConnectSettings(this.timeout, this.localAddress, this.transport),
					this.listener, this.transports);
		}

	}

}
