package io.streams;

/**
 * Why a client that connected was turned away before a handler saw it.
 *
 * @since 0.1
 */
public enum RejectReason {

	/** The server was stopping. */
	STOPPING("stopping"),

	/** Its address has all the connections that one address may have. */
	ADDRESS_LIMIT("address-limit"),

	/** All platform threads that the server's handlers may have were busy. */
	HANDLER_LIMIT("handler-limit"),

	/** The system had no descriptor left, or accepting failed otherwise. */
	ACCEPT_FAILED("accept-failed"),

	/**
	 * The TLS handshake failed, or took too long. A client that left without a byte is
	 * not rejected: see {@link HandshakeOutcome#PROBE}.
	 */
	TLS_HANDSHAKE("tls-handshake"),

	/** No connection could be made of the accepted socket. */
	SETUP_FAILED("setup-failed");

	private final String text;

	RejectReason(String text) {
		this.text = text;
	}

	/**
	 * The reason as meters and logs show it.
	 * @return lower case words with hyphens
	 */
	public String text() {
		return this.text;
	}

}
