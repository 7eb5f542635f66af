package io.streams.spring.actuate;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown when a request waited for its turn for too long, because the endpoint renders
 * the answers of other requests.
 */
final class BusyException extends RejectedExecutionException {

	private static final long serialVersionUID = 1L;

	BusyException(String message) {
		super(message);
	}

}
