package io.streams;

/**
 * How a TLS handshake ended.
 *
 * @since 0.1
 */
public enum HandshakeOutcome {

	/** The peers agreed. */
	SUCCEEDED("succeeded"),

	/** They did not, or the peer went away, or never spoke TLS. */
	FAILED("failed"),

	/** They did not agree in time. */
	TIMED_OUT("timed-out"),

	/**
	 * The client of a server left before it sent a byte, as a TCP health check does. It
	 * does not count as a rejected client.
	 */
	PROBE("probe");

	private final String text;

	HandshakeOutcome(String text) {
		this.text = text;
	}

	/**
	 * The outcome as meters and logs show it.
	 * @return lower case words with hyphens
	 */
	public String text() {
		return this.text;
	}

}
