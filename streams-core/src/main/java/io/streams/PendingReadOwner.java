package io.streams;

import java.time.Duration;

import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * The owner of a read that waits, as the read and its timers know it. Safe for use by any
 * thread; no method is called with the reader's lock held unless it says so.
 */
interface PendingReadOwner {

	/** The transport that feeds the reader, or {@code null} if there is none yet. */
	@Nullable Transport transport();

	/** The longest silence of the peer while a read waits, or {@code null}. */
	@Nullable Duration readTimeout();

	/**
	 * Returns how long the peer may still be silent.
	 * @param timeout the longest silence
	 * @return nanoseconds, 0 or less if the time is over
	 */
	long remainingNanos(Duration timeout);

	/**
	 * Takes a read back before it is settled, and the bytes that it took with it.
	 * @return {@code false} if it was settled first
	 */
	boolean withdraw(PendingRead<?> read);

	/**
	 * Takes back the read of a future before it is settled. The bytes that it took are
	 * dropped, as in CPython.
	 * @return {@code false} if it was settled first
	 */
	boolean withdraw(ReadFuture<?> future);

	/**
	 * Settles the pending read, if the settlement does so, and announces the outcome
	 * without the lock.
	 */
	void settle(Settlement settlement);

	/** Settles a read, or leaves it as it is. */
	@FunctionalInterface
	interface Settlement {

		/**
		 * Settles the pending read if it is time to. Called with the reader's lock held.
		 * @param read the pending read, or {@code null} if no read waits
		 * @param input the reader's buffer
		 * @return whether the read is settled
		 */
		boolean settle(@Nullable PendingRead<?> read, InputBuffer input);

	}

}
