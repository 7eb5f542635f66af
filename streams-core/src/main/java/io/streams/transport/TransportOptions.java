package io.streams.transport;

import java.time.Duration;

import io.streams.flow.WaterMarks;

import org.jspecify.annotations.Nullable;

/**
 * How a transport treats its connection. Immutable; changed copies come from
 * {@link #toBuilder()}.
 *
 * @param waterMarks the write buffer's water marks
 * @param maxWriteBuffer bytes the write buffer may hold before the connection is aborted
 * with {@link WriteBufferOverflowException}, or {@code 0} for no cap
 * @param tcpNoDelay whether to send small segments at once; TCP only, asyncio's default
 * @param keepAlive whether the system probes a silent peer; TCP only
 * @param receiveBuffer bytes of the socket's receive buffer ({@code SO_RCVBUF}), or
 * {@code 0} for the system's choice
 * @param sendBuffer bytes of the socket's send buffer ({@code SO_SNDBUF}), or {@code 0}
 * for the system's choice
 * @param idleTimeout the longest time in which no byte moves in either direction, and the
 * peer acknowledges none; {@code null} for no bound
 * @param halfClosedTimeout the longest time without progress after the peer ended its
 * side; {@code null} for no bound
 * @param writeStallTimeout the longest time in which the peer takes nothing of what is
 * queued for it; {@code null} for no bound
 * @param closeTimeout the longest time without progress in which a close sends the queued
 * bytes: a byte that the peer takes or acknowledges starts it again
 * @param lingerTimeout the longest silence of the peer after the write side was shut
 * down; what the peer sends is dropped; zero closes at once
 */
public record TransportOptions(WaterMarks waterMarks, long maxWriteBuffer, boolean tcpNoDelay, boolean keepAlive,
		int receiveBuffer, int sendBuffer, @Nullable Duration idleTimeout, @Nullable Duration halfClosedTimeout,
		@Nullable Duration writeStallTimeout, Duration closeTimeout, Duration lingerTimeout) {

	/** The defaults: asyncio's marks, and the safe deadlines. */
	public static final TransportOptions DEFAULT = new TransportOptions(WaterMarks.DEFAULT, 0, true, true, 0, 0, null,
			Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(1));

	public TransportOptions {
		requireNotNegative("maxWriteBuffer", maxWriteBuffer);
		requireNotNegative("receiveBuffer", receiveBuffer);
		requireNotNegative("sendBuffer", sendBuffer);
		requirePositive("idleTimeout", idleTimeout);
		requirePositive("halfClosedTimeout", halfClosedTimeout);
		requirePositive("writeStallTimeout", writeStallTimeout);
		requirePositive("closeTimeout", closeTimeout);
		if (lingerTimeout.isNegative()) {
			throw new IllegalArgumentException("lingerTimeout is " + lingerTimeout + ": give 0 to close at once");
		}
		if (maxWriteBuffer > 0 && maxWriteBuffer < waterMarks.high()) {
			throw new IllegalArgumentException(
					"maxWriteBuffer is " + maxWriteBuffer + ", below the high-water mark of " + waterMarks.high()
							+ ": a writer could never be paused before it is cut off; raise it, or lower the mark");
		}
	}

	private static void requireNotNegative(String name, long value) {
		if (value < 0) {
			throw new IllegalArgumentException(name + " is " + value + ": give 0 for the default, or a size in bytes");
		}
	}

	private static void requirePositive(String name, @Nullable Duration value) {
		if (value != null && (value.isNegative() || value.isZero())) {
			throw new IllegalArgumentException(name + " is " + value + ": give a time above zero, or none");
		}
	}

	/**
	 * A builder that starts from these options.
	 * @return the builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/** Builds {@link TransportOptions}; not safe for use by several threads. */
	public static final class Builder {

		private WaterMarks waterMarks;

		private long maxWriteBuffer;

		private boolean tcpNoDelay;

		private boolean keepAlive;

		private int receiveBuffer;

		private int sendBuffer;

		private @Nullable Duration idleTimeout;

		private @Nullable Duration halfClosedTimeout;

		private @Nullable Duration writeStallTimeout;

		private Duration closeTimeout;

		private Duration lingerTimeout;

		private Builder(TransportOptions options) {
			this.waterMarks = options.waterMarks;
			this.maxWriteBuffer = options.maxWriteBuffer;
			this.tcpNoDelay = options.tcpNoDelay;
			this.keepAlive = options.keepAlive;
			this.receiveBuffer = options.receiveBuffer;
			this.sendBuffer = options.sendBuffer;
			this.idleTimeout = options.idleTimeout;
			this.halfClosedTimeout = options.halfClosedTimeout;
			this.writeStallTimeout = options.writeStallTimeout;
			this.closeTimeout = options.closeTimeout;
			this.lingerTimeout = options.lingerTimeout;
		}

		public Builder waterMarks(WaterMarks waterMarks) {
			this.waterMarks = waterMarks;
			return this;
		}

		public Builder maxWriteBuffer(long bytes) {
			this.maxWriteBuffer = bytes;
			return this;
		}

		public Builder tcpNoDelay(boolean tcpNoDelay) {
			this.tcpNoDelay = tcpNoDelay;
			return this;
		}

		public Builder keepAlive(boolean keepAlive) {
			this.keepAlive = keepAlive;
			return this;
		}

		public Builder receiveBuffer(int bytes) {
			this.receiveBuffer = bytes;
			return this;
		}

		public Builder sendBuffer(int bytes) {
			this.sendBuffer = bytes;
			return this;
		}

		public Builder idleTimeout(@Nullable Duration timeout) {
			this.idleTimeout = timeout;
			return this;
		}

		public Builder halfClosedTimeout(@Nullable Duration timeout) {
			this.halfClosedTimeout = timeout;
			return this;
		}

		public Builder writeStallTimeout(@Nullable Duration timeout) {
			this.writeStallTimeout = timeout;
			return this;
		}

		public Builder closeTimeout(Duration timeout) {
			this.closeTimeout = timeout;
			return this;
		}

		public Builder lingerTimeout(Duration timeout) {
			this.lingerTimeout = timeout;
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if a value is out of its range; the message
		 * says which
		 */
		public TransportOptions build() {
			return new TransportOptions(this.waterMarks, this.maxWriteBuffer, this.tcpNoDelay, this.keepAlive,
					this.receiveBuffer, this.sendBuffer, this.idleTimeout, this.halfClosedTimeout,
					this.writeStallTimeout, this.closeTimeout, this.lingerTimeout);
		}

	}

}
