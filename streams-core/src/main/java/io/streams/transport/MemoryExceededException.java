package io.streams.transport;

import java.io.Serial;

import io.streams.flow.FreshFailure;

/**
 * The connection was closed because all connections together buffered too much, and this
 * one held much of it for long.
 *
 * @since 0.1
 */
public class MemoryExceededException extends ConnectionLostException implements FreshFailure.Copyable {

	@Serial
	private static final long serialVersionUID = 1L;

	private final long held;

	/**
	 * Create an exception.
	 * @param held bytes that the connection had buffered
	 * @param limit bytes that all connections may take
	 */
	public MemoryExceededException(long held, long limit) {
		super("Memory for buffers is scarce: this connection held " + held + " bytes, and all connections may take "
				+ limit + "; drain what is written and read what arrives, or raise the memory budget");
		this.held = held;
	}

	private MemoryExceededException(MemoryExceededException original) {
		super(String.valueOf(original.getMessage()), original);
		this.held = original.held;
	}

	@Override
	public MemoryExceededException copy() {
		return new MemoryExceededException(this);
	}

	/**
	 * Returns what the connection had buffered.
	 * @return bytes
	 */
	public long held() {
		return this.held;
	}

}
