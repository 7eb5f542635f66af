package io.streams.demo.cache.resp;

import java.io.IOException;

/**
 * A client does not speak the protocol. It is told so, in Redis's words, and the
 * connection ends: nobody knows where its next request begins.
 */
public final class RespException extends IOException {

	private static final long serialVersionUID = 1L;

	RespException(String message) {
		super(message);
	}

	/**
	 * What the client is told.
	 * @return an error reply
	 */
	public Reply reply() {
		return new Reply.Failure("ERR Protocol error: " + getMessage());
	}

}
