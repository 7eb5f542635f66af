package io.streams.tls;

/**
 * What a server asks of its clients.
 */
public enum ClientAuthentication {

	/** No certificate. */
	NONE,

	/** A certificate, which is verified if the client has one. */
	WANT,

	/** A certificate; clients without one are refused. */
	NEED

}
