package io.streams.flow;

/**
 * The party that a connection waits for: at each moment exactly one of these, so that the
 * times add up to its age and the largest names the bottleneck.
 *
 * @since 0.1
 */
public enum Activity {

	/** Its handler waits for bytes: the peer has nothing to say. */
	WAITING_FOR_PEER("waiting-for-peer"),

	/** Its handler is at work, and keeps up. */
	HANDLER_BUSY("handler-busy"),

	/** Its handler is at work and does not keep up: the peer is not read any more. */
	READ_PAUSED("read-paused"),

	/** Its handler waits in {@code drain}: the peer takes too little. */
	WRITE_BLOCKED("write-blocked"),

	/** It is closing. */
	CLOSING("closing");

	private final String text;

	Activity(String text) {
		this.text = text;
	}

	/**
	 * Returns the activity of a connection. A close comes first, then a wait to write,
	 * then a wait to read.
	 * @param closing whether a close is in progress
	 * @param draining whether a caller waits in {@code drain}
	 * @param reading whether a read waits
	 * @param paused whether the peer is not read, because too much is buffered
	 * @return the activity
	 */
	public static Activity of(boolean closing, boolean draining, boolean reading, boolean paused) {
		if (closing) {
			return CLOSING;
		}
		if (draining) {
			return WRITE_BLOCKED;
		}
		if (reading) {
			return WAITING_FOR_PEER;
		}
		return paused ? READ_PAUSED : HANDLER_BUSY;
	}

	/**
	 * The activity as meters and the endpoint show it.
	 * @return lower case words with hyphens
	 */
	public String text() {
		return this.text;
	}

}
