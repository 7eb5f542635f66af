package io.streams.demo.cache.command;

import io.streams.demo.cache.store.Keyspace;

/**
 * When keys expire. What would lie beyond the end of time is refused.
 */
final class Deadlines {

	private Deadlines() {
	}

	static long toMillis(long seconds, String command) {
		if (seconds > Long.MAX_VALUE / 1000 || seconds < Long.MIN_VALUE / 1000) {
			throw CommandException.expireTime(command);
		}
		return seconds * 1000;
	}

	/**
	 * The time of a keyspace's clock that is some milliseconds ahead.
	 * @param keys the keyspace
	 * @param millis how far ahead, or behind if it is negative
	 * @param command who asks, for the error's words
	 * @return the deadline
	 */
	static long after(Keyspace keys, long millis, String command) {
		long now = keys.now();
		if (millis >= Keyspace.NEVER - now) {
			throw CommandException.expireTime(command);
		}
		return now + millis;
	}

}
