package io.streams;

import java.time.Duration;

import io.streams.tls.TlsOptions;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportOptionsBuilder;

import org.jspecify.annotations.Nullable;

/**
 * Options that {@link ServerOptions} and {@link ConnectOptions} have in common: those of
 * each connection.
 *
 * @since 0.1
 */
public abstract sealed class ConnectionOptions permits ServerOptions, ConnectOptions {

	private final ReadLimit limit;

	private final @Nullable TlsOptions tls;

	private final StreamListener listener;

	private final @Nullable TransportFactory transports;

	ConnectionOptions(Builder<?> builder, StreamListener listener) {
		this.limit = builder.limit;
		this.tls = builder.tls;
		this.listener = listener;
		this.transports = builder.transports;
	}

	/**
	 * Returns the limit of each connection's reader: the longest line that a read
	 * accepts.
	 * @return the limit in bytes
	 */
	public final int limit() {
		return this.limit.bytes();
	}

	/** Makes the reader of a connection; all readers share the object of the limit. */
	final StreamReader newReader() {
		return new StreamReader(new ReadSide(this.limit), null);
	}

	/**
	 * {@return the options of TLS, or {@code null} for plain bytes}
	 */
	public final @Nullable TlsOptions tls() {
		return this.tls;
	}

	/**
	 * {@return the listener that receives the events of each connection}
	 */
	public final StreamListener listener() {
		return this.listener;
	}

	/**
	 * {@return the factory that makes the transports, or {@code null} for the one that
	 * the process shares}
	 */
	public final @Nullable TransportFactory transports() {
		return this.transports;
	}

	static int positive(String option, int value) {
		if (value < 1) {
			throw new IllegalArgumentException(option + " is " + value + ": give 1 or more");
		}
		return value;
	}

	static Duration notNegative(String option, Duration value, String effectOfZero) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(option + " is " + value + ": give 0 to " + effectOfZero);
		}
		return value;
	}

	/**
	 * Setters that the builders of {@link ServerOptions} and {@link ConnectOptions} have
	 * in common. Not safe for use by several threads.
	 *
	 * @param <B> type of the builder, which each setter returns
	 */
	public abstract static sealed class Builder<B extends Builder<B>> extends TransportOptionsBuilder<B>
			permits ServerOptions.Builder, ConnectOptions.Builder {

		private ReadLimit limit = ReadLimit.DEFAULT;

		private @Nullable TlsOptions tls;

		private StreamListener listener = StreamListener.NONE;

		private @Nullable TransportFactory transports;

		Builder() {
		}

		/** Starts with the values of other options. */
		Builder(ConnectionOptions options, TransportOptions transport) {
			copyFrom(transport);
			this.limit = options.limit;
			this.tls = options.tls;
			this.listener = options.listener;
			this.transports = options.transports;
		}

		/**
		 * {@return the listener that was set}
		 */
		StreamListener listener() {
			return this.listener;
		}

		/**
		 * Sets the limit of each connection's reader: the longest line that a read
		 * accepts. Reading pauses while more than twice as many bytes are buffered.
		 * @param bytes the limit in bytes, 1 to 1 GiB; 64 KiB by default, as in asyncio
		 * @return this builder
		 * @throws IllegalArgumentException if the limit is out of its range
		 */
		public final B limit(int bytes) {
			this.limit = new ReadLimit(bytes);
			return self();
		}

		/**
		 * Makes each connection speak TLS from its first byte. It is open once the
		 * handshake is complete.
		 * @param tls the options of TLS; {@code null}, the default, for plain bytes
		 * @return this builder
		 */
		public final B tls(@Nullable TlsOptions tls) {
			this.tls = tls;
			return self();
		}

		/**
		 * Sets the listener that receives the events of each connection.
		 * @param listener the listener; {@link StreamListener#NONE} by default
		 * @return this builder
		 */
		public final B listener(StreamListener listener) {
			this.listener = listener;
			return self();
		}

		/**
		 * Sets the factory that makes the transports.
		 * @param transports the factory, which the caller closes; {@code null}, the
		 * default, for the one that all servers and connections of the process share
		 * @return this builder
		 */
		public final B transports(@Nullable TransportFactory transports) {
			this.transports = transports;
			return self();
		}

	}

}
