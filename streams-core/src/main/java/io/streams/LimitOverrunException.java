package io.streams;

import java.io.IOException;

import io.streams.flow.FreshFailure;

/**
 * No separator was found within the reader's limit.
 * <p>
 * After {@link StreamReader#readUntil(byte[])} everything is still buffered, and
 * {@link #consumed()} bytes of it may be skipped by {@code readExactly}. After
 * {@link StreamReader#readLine()} the line that was too long is gone: the whole of it if
 * its end had arrived, and all that was buffered if not.
 * <p>
 * asyncio counterpart: {@code LimitOverrunError}, and the {@code ValueError} that
 * {@code readline} makes of it.
 *
 * @since 0.1
 */
public class LimitOverrunException extends IOException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	private final long consumed;

	/**
	 * Create an exception.
	 * @param message what was found
	 * @param consumed bytes that may be skipped, or that were discarded
	 */
	public LimitOverrunException(String message, long consumed) {
		super(message);
		this.consumed = consumed;
	}

	private LimitOverrunException(LimitOverrunException original) {
		super(String.valueOf(original.getMessage()), original);
		this.consumed = original.consumed;
	}

	@Override
	public LimitOverrunException copy() {
		return new LimitOverrunException(this);
	}

	/**
	 * How many bytes precede the separator or can hold no part of it.
	 * @return bytes, 0 or more
	 */
	public long consumed() {
		return this.consumed;
	}

}
