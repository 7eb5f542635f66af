package io.streams.transport;

import java.time.Duration;

import io.streams.flow.WaterMarks;

import org.jspecify.annotations.Nullable;

/**
 * Setters of {@link TransportOptions}. The builders of all options that contain them
 * inherit the setters: those of servers, of clients, and of {@link TransportOptions}
 * themselves. Values are checked when the options are built. Not safe for use by several
 * threads.
 *
 * @param <B> type of the builder, which each setter returns
 * @since 0.1
 */
public abstract class TransportOptionsBuilder<B extends TransportOptionsBuilder<B>> {

	WaterMarks waterMarks = WaterMarks.DEFAULT;

	long maxWriteBuffer;

	boolean tcpNoDelay = true;

	boolean keepAlive = true;

	int receiveBuffer;

	int sendBuffer;

	@Nullable Duration idleTimeout;

	@Nullable Duration halfClosedTimeout = Duration.ofSeconds(60);

	@Nullable Duration writeStallTimeout = Duration.ofSeconds(60);

	Duration closeTimeout = Duration.ofSeconds(30);

	Duration lingerTimeout = Duration.ofSeconds(1);

	/** For the builders of options. */
	protected TransportOptionsBuilder() {
	}

	/**
	 * Returns this builder by its own type.
	 * @return this builder
	 */
	protected abstract B self();

	/**
	 * Sets all values to those of other options.
	 * @param options the options to start with
	 */
	protected final void copyFrom(TransportOptions options) {
		this.waterMarks = options.waterMarks();
		this.maxWriteBuffer = options.maxWriteBuffer();
		this.tcpNoDelay = options.tcpNoDelay();
		this.keepAlive = options.keepAlive();
		this.receiveBuffer = options.receiveBuffer();
		this.sendBuffer = options.sendBuffer();
		this.idleTimeout = options.idleTimeout();
		this.halfClosedTimeout = options.halfClosedTimeout();
		this.writeStallTimeout = options.writeStallTimeout();
		this.closeTimeout = options.closeTimeout();
		this.lingerTimeout = options.lingerTimeout();
	}

	/**
	 * Builds the options of the transport from the values that are set.
	 * @return the options
	 * @throws IllegalArgumentException if a value is out of its range; the message says
	 * which
	 */
	protected final TransportOptions transportOptions() {
		return new TransportOptions(this);
	}

	/**
	 * Sets the water marks of the write buffer. Above the high mark writers are paused
	 * and wait in {@code drain}; at or below the low mark they resume.
	 * @param marks the marks, in bytes; 16 KiB and 64 KiB by default, as in asyncio
	 * @return this builder
	 */
	public final B waterMarks(WaterMarks marks) {
		this.waterMarks = marks;
		return self();
	}

	/**
	 * Caps the write buffer. A write that exceeds the cap aborts the connection with
	 * {@link WriteBufferOverflowException}.
	 * @param bytes the cap in bytes, not below the high-water mark; 0, the default, for
	 * no cap
	 * @return this builder
	 */
	public final B maxWriteBuffer(long bytes) {
		this.maxWriteBuffer = bytes;
		return self();
	}

	/**
	 * Sends small segments at once ({@code TCP_NODELAY}). Unix sockets ignore it.
	 * @param tcpNoDelay {@code true} by default, as in asyncio; {@code false} for Nagle's
	 * algorithm
	 * @return this builder
	 */
	public final B tcpNoDelay(boolean tcpNoDelay) {
		this.tcpNoDelay = tcpNoDelay;
		return self();
	}

	/**
	 * Makes the system probe a silent peer ({@code SO_KEEPALIVE}). Unix sockets ignore
	 * it.
	 * @param keepAlive {@code true} by default
	 * @return this builder
	 */
	public final B keepAlive(boolean keepAlive) {
		this.keepAlive = keepAlive;
		return self();
	}

	/**
	 * Sets the size of the socket's receive buffer ({@code SO_RCVBUF}).
	 * @param bytes the size in bytes; 0, the default, for the system's choice
	 * @return this builder
	 */
	public final B receiveBuffer(int bytes) {
		this.receiveBuffer = bytes;
		return self();
	}

	/**
	 * Sets the size of the socket's send buffer ({@code SO_SNDBUF}).
	 * @param bytes the size in bytes; 0, the default, for the system's choice
	 * @return this builder
	 */
	public final B sendBuffer(int bytes) {
		this.sendBuffer = bytes;
		return self();
	}

	/**
	 * Bounds the time without a byte in either direction and without an acknowledgement.
	 * A connection that exceeds it ends with {@link ConnectionTimeoutException}.
	 * @param timeout the time, above zero; {@code null}, the default, for no bound
	 * @return this builder
	 */
	public final B idleTimeout(@Nullable Duration timeout) {
		this.idleTimeout = timeout;
		return self();
	}

	/**
	 * Bounds the time without progress after the peer's end of stream (FIN). A connection
	 * that exceeds it ends with {@link ConnectionTimeoutException}.
	 * @param timeout the time, above zero; 60 s by default; {@code null} for no bound
	 * @return this builder
	 */
	public final B halfClosedTimeout(@Nullable Duration timeout) {
		this.halfClosedTimeout = timeout;
		return self();
	}

	/**
	 * Bounds the time without progress while bytes are queued for the peer. A connection
	 * that exceeds it ends with {@link ConnectionTimeoutException}.
	 * @param timeout the time, above zero; 60 s by default; {@code null} for no bound
	 * @return this builder
	 */
	public final B writeStallTimeout(@Nullable Duration timeout) {
		this.writeStallTimeout = timeout;
		return self();
	}

	/**
	 * Bounds the time without progress while a close sends the queued bytes. A byte that
	 * the peer takes or acknowledges starts the time again.
	 * @param timeout the time, above zero; 30 s by default
	 * @return this builder
	 */
	public final B closeTimeout(Duration timeout) {
		this.closeTimeout = timeout;
		return self();
	}

	/**
	 * Bounds the silence of the peer after the write side was shut down by a close.
	 * Meanwhile the peer's bytes are dropped, so that they do not reset the connection
	 * before the peer has read the last reply.
	 * @param timeout the time, 0 or more; 1 s by default; 0 to close at once
	 * @return this builder
	 */
	public final B lingerTimeout(Duration timeout) {
		this.lingerTimeout = timeout;
		return self();
	}

}
