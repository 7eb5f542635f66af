package io.streams;

import java.net.SocketTimeoutException;
import java.time.Duration;

import io.streams.flow.FreshFailure;

/**
 * No byte arrived within the read timeout. Nothing was lost: what is buffered stays, and
 * the stream can be read on.
 *
 * @since 0.1
 */
public class ReadTimeoutException extends SocketTimeoutException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param method the read that waited
	 * @param timeout how long the peer sent nothing
	 */
	public ReadTimeoutException(String method, Duration timeout) {
		super(method + " received nothing for " + timeout.toMillis()
				+ " ms; what is buffered was kept and can be read again");
	}

	private ReadTimeoutException(ReadTimeoutException original) {
		super(original.getMessage());
		initCause(original);
	}

	@Override
	public ReadTimeoutException copy() {
		return new ReadTimeoutException(this);
	}

}
