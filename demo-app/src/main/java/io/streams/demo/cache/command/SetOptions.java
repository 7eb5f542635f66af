package io.streams.demo.cache.command;

import io.streams.demo.cache.store.Bytes;
import io.streams.demo.cache.store.Keyspace;

/**
 * The options of {@code SET}.
 *
 * @param condition when the value is set
 * @param expiry what becomes of the key's deadline
 * @param millis how long the key lives, if it expires
 * @param wantsFormer whether the former value is the reply
 */
record SetOptions(Condition condition, Expiry expiry, long millis, boolean wantsFormer) {

	static final SetOptions NONE = new SetOptions(Condition.ALWAYS, Expiry.NEVER, 0, false);

	/** When a value is set. */
	enum Condition {

		ALWAYS, IF_ABSENT, IF_PRESENT

	}

	/** What becomes of a key's deadline. */
	enum Expiry {

		NEVER, AFTER, KEEP

	}

	/**
	 * Reads options.
	 * @param arguments the command, whose options begin at the fourth word
	 * @return the options
	 * @throws CommandException if they make no sense
	 */
	static SetOptions parse(Arguments arguments) {
		SetOptions options = NONE;
		for (int i = 3; i < arguments.count(); i++) {
			String option = arguments.keyword(i);
			boolean timed = option.equals("ex") || option.equals("px");
			if (timed && i + 1 == arguments.count()) {
				throw CommandException.syntax();
			}
			options = timed ? options.expiringAfter(option, arguments, ++i) : options.with(option);
		}
		return options;
	}

	/**
	 * When the key will expire.
	 * @param keys where the key is
	 * @param key the key
	 * @return its deadline
	 */
	long deadline(Keyspace keys, Bytes key) {
		return switch (this.expiry) {
			case NEVER -> Keyspace.NEVER;
			case KEEP -> keys.deadline(key);
			case AFTER -> Deadlines.after(keys, this.millis, "set");
		};
	}

	boolean allows(boolean present) {
		return switch (this.condition) {
			case ALWAYS -> true;
			case IF_ABSENT -> !present;
			case IF_PRESENT -> present;
		};
	}

	private SetOptions with(String option) {
		return switch (option) {
			case "nx" -> onlyIf(Condition.IF_ABSENT);
			case "xx" -> onlyIf(Condition.IF_PRESENT);
			case "get" -> new SetOptions(this.condition, this.expiry, this.millis, true);
			case "keepttl" -> expiring(Expiry.KEEP, 0);
			default -> throw CommandException.syntax();
		};
	}

	private SetOptions onlyIf(Condition wanted) {
		if (this.condition != Condition.ALWAYS && this.condition != wanted) {
			throw CommandException.syntax();
		}
		return new SetOptions(wanted, this.expiry, this.millis, this.wantsFormer);
	}

	private SetOptions expiringAfter(String unit, Arguments arguments, int index) {
		long amount = arguments.integer(index);
		long millis = unit.equals("ex") ? Deadlines.toMillis(amount, "set") : amount;
		if (amount <= 0) {
			throw CommandException.expireTime("set");
		}
		return expiring(Expiry.AFTER, millis);
	}

	private SetOptions expiring(Expiry wanted, long millis) {
		if (this.expiry != Expiry.NEVER) {
			throw CommandException.syntax();
		}
		return new SetOptions(this.condition, wanted, millis, this.wantsFormer);
	}

}
