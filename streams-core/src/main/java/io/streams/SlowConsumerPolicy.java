package io.streams;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Decides about a connection whose peer reads too slowly. Immutable.
 *
 * @since 0.1
 */
public final class SlowConsumerPolicy {

	private static final SlowConsumerPolicy WAIT = new SlowConsumerPolicy(null, Action.BLOCK);

	private final @Nullable Duration maxPausedTime;

	private final Action action;

	private SlowConsumerPolicy(@Nullable Duration maxPausedTime, Action action) {
		if (maxPausedTime != null && (maxPausedTime.isNegative() || maxPausedTime.isZero())) {
			throw new IllegalArgumentException(
					"maxPausedTime is " + maxPausedTime + ": give a time above zero, or none");
		}
		this.maxPausedTime = maxPausedTime;
		this.action = action;
	}

	/**
	 * Returns the policy that leaves a slow consumer connected. Writers wait in
	 * {@link StreamWriter#drain()} without a bound of this policy. This is the default of
	 * a server.
	 * @return the policy
	 */
	public static SlowConsumerPolicy waitForever() {
		return WAIT;
	}

	/**
	 * Returns the policy that closes a connection which was paused for too long. Queued
	 * bytes are sent before the end, as far as the close timeout allows.
	 * @param maxPausedTime longest time that the write buffer may stay above its water
	 * marks, above zero
	 * @return the policy
	 * @throws IllegalArgumentException if the time is zero or negative
	 */
	public static SlowConsumerPolicy closeAfter(Duration maxPausedTime) {
		return new SlowConsumerPolicy(maxPausedTime, Action.CLOSE);
	}

	/**
	 * Returns the policy that aborts a connection which was paused for too long. Queued
	 * bytes are dropped.
	 * @param maxPausedTime longest time that the write buffer may stay above its water
	 * marks, above zero
	 * @return the policy
	 * @throws IllegalArgumentException if the time is zero or negative
	 */
	public static SlowConsumerPolicy abortAfter(Duration maxPausedTime) {
		return new SlowConsumerPolicy(maxPausedTime, Action.ABORT);
	}

	/**
	 * Returns how long the write buffer may stay above its water marks.
	 * @return the time, or {@code null} for {@link #waitForever()}
	 */
	public @Nullable Duration maxPausedTime() {
		return this.maxPausedTime;
	}

	/**
	 * Returns the action that follows after {@link #maxPausedTime()}.
	 * @return the action; {@link Action#BLOCK} for {@link #waitForever()}
	 */
	public Action action() {
		return this.action;
	}

	/** What happens to a slow consumer. */
	public enum Action {

		/** Flow control only: writers wait. */
		BLOCK,

		/**
		 * The connection is closed, once the peer has received the queued bytes or the
		 * close times out.
		 */
		CLOSE,

		/** The connection is aborted, and queued bytes are dropped. */
		ABORT

	}

}
