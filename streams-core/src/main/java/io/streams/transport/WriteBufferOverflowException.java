package io.streams.transport;

import io.streams.flow.FreshFailure;

/**
 * More was written than the hard cap on the write buffer allows, and the connection was
 * aborted.
 *
 * @since 0.1
 */
public class WriteBufferOverflowException extends ConnectionLostException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param buffered bytes that the buffer would hold
	 * @param cap bytes that it may hold
	 */
	public WriteBufferOverflowException(long buffered, long cap) {
		super("The write buffer would hold " + buffered + " bytes, above its cap of " + cap
				+ ": call drain() after writing, so that the writer waits for a slow peer, or raise maxWriteBuffer");
	}

	private WriteBufferOverflowException(WriteBufferOverflowException original) {
		super(String.valueOf(original.getMessage()), original);
	}

	@Override
	public WriteBufferOverflowException copy() {
		return new WriteBufferOverflowException(this);
	}

}
