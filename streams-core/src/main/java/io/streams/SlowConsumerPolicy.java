package io.streams;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a peer that takes its bytes too slowly.
 *
 * @param maxPausedTime how long the write buffer may stay above its marks; {@code null}
 * for any time
 * @param action what happens then
 */
public record SlowConsumerPolicy(@Nullable Duration maxPausedTime, Action action) {

	/** Writers wait in {@code drain} for as long as it takes. */
	public static final SlowConsumerPolicy WAIT = new SlowConsumerPolicy(null, Action.BLOCK);

	public SlowConsumerPolicy {
		if (maxPausedTime != null && (maxPausedTime.isNegative() || maxPausedTime.isZero())) {
			throw new IllegalArgumentException(
					"maxPausedTime is " + maxPausedTime + ": give a time above zero, or none");
		}
	}

	/** What happens to a slow consumer. */
	public enum Action {

		/** Nothing but what flow control does: writers wait. */
		BLOCK,

		/**
		 * The connection is closed, once it has taken what was queued or the close times
		 * out.
		 */
		CLOSE,

		/** The connection is aborted, and what was queued is dropped. */
		ABORT

	}

}
