package io.streams.transport;

import java.time.Duration;

import io.streams.flow.FreshFailure;

/**
 * The peer took its bytes too slowly for too long, and the connection was given up.
 */
public class SlowConsumerException extends ConnectionLostException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

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
