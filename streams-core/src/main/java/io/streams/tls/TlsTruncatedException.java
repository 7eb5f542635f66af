package io.streams.tls;

import java.io.EOFException;

/**
 * The peer ended the connection without the {@code close_notify} that TLS asks for: an
 * attacker may have cut the input short (RFC 8446, section 6.1).
 *
 * @since 0.1
 */
public class TlsTruncatedException extends EOFException {

	private static final long serialVersionUID = 1L;

	/** Creates an exception. */
	public TlsTruncatedException() {
		super("The peer ended the connection without a TLS close_notify, so its data may have been cut short: if"
				+ " this peer is known to do so, accept it with TlsOptions.acceptTruncation");
	}

}
