package io.streams;

/**
 * How a handler ended.
 *
 * @since 0.1
 */
public enum HandlerOutcome {

	/** It returned. */
	FINISHED("finished"),

	/**
	 * It threw because the connection was lost, the peer broke TLS or the input ended:
	 * the peer's doing.
	 */
	DISCONNECTED("disconnected"),

	/**
	 * It threw because the peer was too slow: the read timeout passed, or that of a
	 * future of a read, a drain or a handshake, as with {@code orTimeout}.
	 */
	TIMED_OUT("timed-out"),

	/**
	 * It ended because its server stops: a read threw {@link ServerStoppingException}.
	 */
	STOPPED("stopped"),

	/** It threw anything else. */
	FAILED("failed"),

	/** It was interrupted, by the stop of its server for one. */
	INTERRUPTED("interrupted");

	private final String text;

	HandlerOutcome(String text) {
		this.text = text;
	}

	/**
	 * The outcome as meters and logs show it.
	 * @return a lower case word
	 */
	public String text() {
		return this.text;
	}

}
