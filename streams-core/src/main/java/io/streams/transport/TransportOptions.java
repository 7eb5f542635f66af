package io.streams.transport;

import java.time.Duration;

import io.streams.flow.WaterMarks;

import org.jspecify.annotations.Nullable;

/**
 * Options of a transport: the timeouts, water marks, caps and socket options of one
 * connection. Immutable; {@link #builder()} and {@link #toBuilder()} make others.
 * <p>
 * The setters of {@link TransportOptionsBuilder} say what each option does.
 *
 * @since 0.1
 */
public final class TransportOptions {

	/** The default options: asyncio's water marks, and the safe timeouts. */
	public static final TransportOptions DEFAULT = builder().build();

	private final WaterMarks waterMarks;

	private final long maxWriteBuffer;

	private final boolean tcpNoDelay;

	private final boolean keepAlive;

	private final int receiveBuffer;

	private final int sendBuffer;

	private final @Nullable Duration idleTimeout;

	private final @Nullable Duration halfClosedTimeout;

	private final @Nullable Duration writeStallTimeout;

	private final Duration closeTimeout;

	private final Duration lingerTimeout;

	TransportOptions(TransportOptionsBuilder<?> builder) {
		this.waterMarks = builder.waterMarks;
		this.maxWriteBuffer = notNegative("maxWriteBuffer", builder.maxWriteBuffer);
		this.tcpNoDelay = builder.tcpNoDelay;
		this.keepAlive = builder.keepAlive;
		this.receiveBuffer = (int) notNegative("receiveBuffer", builder.receiveBuffer);
		this.sendBuffer = (int) notNegative("sendBuffer", builder.sendBuffer);
		this.idleTimeout = positive("idleTimeout", builder.idleTimeout);
		this.halfClosedTimeout = positive("halfClosedTimeout", builder.halfClosedTimeout);
		this.writeStallTimeout = positive("writeStallTimeout", builder.writeStallTimeout);
		positive("closeTimeout", builder.closeTimeout);
		this.closeTimeout = builder.closeTimeout;
		this.lingerTimeout = builder.lingerTimeout;
		if (this.lingerTimeout.isNegative()) {
			throw new IllegalArgumentException("lingerTimeout is " + this.lingerTimeout + ": give 0 to close at once");
		}
		requireCapAboveMark();
	}

	private static long notNegative(String name, long value) {
		if (value < 0) {
			throw new IllegalArgumentException(name + " is " + value + ": give 0 for the default, or a size in bytes");
		}
		return value;
	}

	private static @Nullable Duration positive(String name, @Nullable Duration value) {
		if (value != null && (value.isNegative() || value.isZero())) {
			throw new IllegalArgumentException(name + " is " + value + ": give a time above zero, or none");
		}
		return value;
	}

	private void requireCapAboveMark() {
		if (this.maxWriteBuffer > 0 && this.maxWriteBuffer < this.waterMarks.high()) {
			throw new IllegalArgumentException("maxWriteBuffer is " + this.maxWriteBuffer
					+ ", below the high-water mark of " + this.waterMarks.high()
					+ ": a writer could never be paused before it is cut off; raise it, or lower the mark");
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
		Builder builder = new Builder();
		builder.copyFrom(this);
		return builder;
	}

	/**
	 * Returns the water marks of the write buffer.
	 * @return the marks, in bytes
	 */
	public WaterMarks waterMarks() {
		return this.waterMarks;
	}

	/**
	 * Returns how much the write buffer may hold before the connection is aborted.
	 * @return the cap in bytes, or 0 for no cap
	 */
	public long maxWriteBuffer() {
		return this.maxWriteBuffer;
	}

	/**
	 * Returns whether TCP sends small segments at once.
	 * @return whether {@code TCP_NODELAY} is set
	 */
	public boolean tcpNoDelay() {
		return this.tcpNoDelay;
	}

	/**
	 * Returns whether the system probes a silent TCP peer.
	 * @return whether {@code SO_KEEPALIVE} is set
	 */
	public boolean keepAlive() {
		return this.keepAlive;
	}

	/**
	 * Returns the size of the socket's receive buffer.
	 * @return the size in bytes, or 0 for the system's choice
	 */
	public int receiveBuffer() {
		return this.receiveBuffer;
	}

	/**
	 * Returns the size of the socket's send buffer.
	 * @return the size in bytes, or 0 for the system's choice
	 */
	public int sendBuffer() {
		return this.sendBuffer;
	}

	/**
	 * Returns the longest time without a byte in either direction.
	 * @return the time, or {@code null} for no bound
	 */
	public @Nullable Duration idleTimeout() {
		return this.idleTimeout;
	}

	/**
	 * Returns the longest time without progress after the peer's end of stream.
	 * @return the time, or {@code null} for no bound
	 */
	public @Nullable Duration halfClosedTimeout() {
		return this.halfClosedTimeout;
	}

	/**
	 * Returns the longest time without progress while bytes are queued for the peer.
	 * @return the time, or {@code null} for no bound
	 */
	public @Nullable Duration writeStallTimeout() {
		return this.writeStallTimeout;
	}

	/**
	 * Returns the longest time without progress while a close sends the queued bytes.
	 * @return the time
	 */
	public Duration closeTimeout() {
		return this.closeTimeout;
	}

	/**
	 * Returns the longest silence of the peer after the write side was shut down.
	 * @return the time; zero to close at once
	 */
	public Duration lingerTimeout() {
		return this.lingerTimeout;
	}

	/** Builds {@link TransportOptions}; not safe for use by several threads. */
	public static final class Builder extends TransportOptionsBuilder<Builder> {

		private Builder() {
		}

		@Override
		protected Builder self() {
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range; the message
		 * says which
		 */
		public TransportOptions build() {
			return transportOptions();
		}

	}

}
