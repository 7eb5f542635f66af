package io.streams.tls;

/**
 * What a server asks of its clients.
 *
 * @since 0.1
 */
public enum ClientAuthentication {

	/** No certificate. */
	NONE,

	/** A certificate, which is verified if the client has one. */
	WANT,

	/** A certificate; clients without one are refused. */
	NEED

}
