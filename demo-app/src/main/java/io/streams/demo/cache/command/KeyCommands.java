package io.streams.demo.cache.command;

import java.util.List;

import io.streams.demo.cache.resp.Reply;
import io.streams.demo.cache.store.Bytes;
import io.streams.demo.cache.store.Glob;
import io.streams.demo.cache.store.Keyspace;
import io.streams.demo.cache.store.Value;

/**
 * Commands about keys, whatever they hold.
 */
final class KeyCommands {

	private static final int NO_SUCH_KEY = -2;

	private static final int NEVER_EXPIRES = -1;

	/** Bytes of a pattern at the most. */
	private static final int MAX_PATTERN = 1024;

	private KeyCommands() {
	}

	static List<CommandSpec> all() {
		return List.of(CommandSpec.of("del", -2, KeyCommands::delete), CommandSpec.of("exists", -2, KeyCommands::exist),
				CommandSpec.of("type", 2, KeyCommands::type), CommandSpec.of("keys", 2, KeyCommands::keys),
				CommandSpec.of("dbsize", 1, (session, arguments) -> Reply.number(session.keys().size())),
				CommandSpec.of("flushall", -1, KeyCommands::flush), CommandSpec.of("flushdb", -1, KeyCommands::flush),
				CommandSpec.of("expire", 3, KeyCommands::expire), CommandSpec.of("pexpire", 3, KeyCommands::expire),
				CommandSpec.of("ttl", 2, KeyCommands::secondsToLive),
				CommandSpec.of("pttl", 2, KeyCommands::millisToLive),
				CommandSpec.of("persist", 2, KeyCommands::persist));
	}

	private static Reply delete(Session session, Arguments arguments) {
		return Reply.number(arguments.from(1).stream().filter((key) -> session.keys().remove(Bytes.of(key))).count());
	}

	private static Reply exist(Session session, Arguments arguments) {
		return Reply
			.number(arguments.from(1).stream().filter((key) -> session.keys().find(Bytes.of(key)) != null).count());
	}

	private static Reply type(Session session, Arguments arguments) {
		Value value = session.keys().find(arguments.key(1));
		return new Reply.Status((value != null) ? value.type() : "none");
	}

	private static Reply keys(Session session, Arguments arguments) {
		byte[] pattern = arguments.bytes(1);
		if (pattern.length > MAX_PATTERN) {
			// All others wait while it is looked for in each key.
			throw new CommandException("ERR pattern is longer than " + MAX_PATTERN + " bytes");
		}
		return Reply.bulks(session.keys().keys(new Glob(pattern)));
	}

	private static Reply flush(Session session, Arguments arguments) {
		boolean plain = arguments.count() == 1;
		if (!plain && (arguments.count() > 2 || !List.of("sync", "async").contains(arguments.keyword(1)))) {
			throw CommandException.syntax();
		}
		session.keys().clear();
		return Reply.OK;
	}

	private static Reply expire(Session session, Arguments arguments) {
		String command = arguments.keyword(0);
		long amount = arguments.integer(2);
		long millis = command.equals("expire") ? Deadlines.toMillis(amount, command) : amount;
		long deadline = Deadlines.after(session.keys(), millis, command);
		Bytes key = arguments.key(1);
		return Reply.flag((millis > 0) ? session.keys().expireAt(key, deadline) : session.keys().remove(key));
	}

	private static Reply secondsToLive(Session session, Arguments arguments) {
		long millis = timeToLive(session, arguments.key(1));
		return Reply.number((millis < 0) ? millis : (millis + 500) / 1000);
	}

	private static Reply millisToLive(Session session, Arguments arguments) {
		return Reply.number(timeToLive(session, arguments.key(1)));
	}

	private static long timeToLive(Session session, Bytes key) {
		long deadline = session.keys().deadline(key);
		if (session.keys().find(key) == null) {
			return NO_SUCH_KEY;
		}
		if (deadline == Keyspace.NEVER) {
			return NEVER_EXPIRES;
		}
		long millis = deadline - session.keys().now();
		return (millis > 0) ? millis : NO_SUCH_KEY;
	}

	private static Reply persist(Session session, Arguments arguments) {
		Bytes key = arguments.key(1);
		boolean expires = session.keys().deadline(key) != Keyspace.NEVER;
		return Reply.flag(expires && session.keys().expireAt(key, Keyspace.NEVER));
	}

}
