package io.streams;

import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * No byte arrived within the read timeout. Nothing was lost: what is buffered stays, and
 * the stream can be read on.
 */
public class ReadTimeoutException extends SocketTimeoutException {

	private static final long serialVersionUID = 1L;

	public ReadTimeoutException(String method, Duration timeout) {
		super(method + " received nothing for " + timeout.toMillis()
				+ " ms; what is buffered was kept and can be read again");
	}

}
