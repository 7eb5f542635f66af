package io.streams.transport;

import java.time.Duration;

import io.streams.flow.FreshFailure;

/**
 * The peer took its bytes too slowly for too long, and the connection was closed.
 *
 * @since 0.1
 */
public class SlowConsumerException extends ConnectionLostException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param paused how long writing was paused
	 * @param buffered bytes that the peer has not taken
	 */
	public SlowConsumerException(Duration paused, long buffered) {
		super("The peer was behind for " + paused.toMillis() + " ms, with " + buffered
				+ " bytes waiting for it: the connection was given up (maxPausedTime)");
	}

	private SlowConsumerException(SlowConsumerException original) {
		super(String.valueOf(original.getMessage()), original);
	}

	@Override
	public SlowConsumerException copy() {
		return new SlowConsumerException(this);
	}

}
