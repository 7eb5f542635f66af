package io.streams.transport;

import java.time.Duration;

import io.streams.flow.FreshFailure;

/**
 * A deadline of the connection passed, and it was aborted.
 *
 * @since 0.1
 */
public class ConnectionTimeoutException extends ConnectionLostException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	private final Phase phase;

	/**
	 * Creates an exception.
	 * @param phase what took too long
	 * @param timeout how long it may take
	 */
	public ConnectionTimeoutException(Phase phase, Duration timeout) {
		super(phase.text + " for " + timeout.toMillis() + " ms: the connection was aborted (" + phase.option + ")");
		this.phase = phase;
	}

	/**
	 * Create an exception that says more of a timeout.
	 * @param message the message
	 * @param original the timeout, which is the cause
	 */
	public ConnectionTimeoutException(String message, ConnectionTimeoutException original) {
		super(message, original);
		this.phase = original.phase;
	}

	private ConnectionTimeoutException(ConnectionTimeoutException original) {
		super(String.valueOf(original.getMessage()), original);
		this.phase = original.phase;
	}

	@Override
	public ConnectionTimeoutException copy() {
		return new ConnectionTimeoutException(this);
	}

	/**
	 * What took too long.
	 * @return the phase
	 */
	public Phase phase() {
		return this.phase;
	}

	/** What can take too long. */
	public enum Phase {

		/** No byte moved. */
		IDLE("No byte moved in either direction", "idleTimeout"),

		/** The peer ended its side and nothing happened since. */
		HALF_CLOSED("The peer ended its side and nothing was sent", "halfClosedTimeout"),

		/** The peer takes nothing of what is queued for it. */
		WRITE_STALL("The peer took none of the bytes queued for it", "writeStallTimeout"),

		/** The TLS handshake. */
		HANDSHAKE("The TLS handshake was not finished", "handshakeTimeout"),

		/** A close could not send what was queued. */
		CLOSE("The peer did not take the bytes written before close", "closeTimeout");

		private final String text;

		private final String option;

		Phase(String text, String option) {
			this.text = text;
			this.option = option;
		}

	}

}
