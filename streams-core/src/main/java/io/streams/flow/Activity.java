package io.streams.flow;

/**
 * Who a connection waits for: at each moment exactly one of these, so that the times add
 * up to its age and the largest names the bottleneck.
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
	 * The activity as meters and the endpoint show it.
	 * @return lower case words with hyphens
	 */
	public String text() {
		return this.text;
	}

}
