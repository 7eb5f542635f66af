package io.streams.tls;

/**
 * Which side of the handshake a transport is.
 *
 * @since 0.1
 */
public enum TlsRole {

	/** The side that says hello first and verifies the other one's name. */
	CLIENT,

	/** The side that shows its certificate. */
	SERVER

}
