package io.streams.demo.cache.command;

import java.util.List;

import io.streams.demo.cache.resp.Reply;
import io.streams.demo.cache.store.Bytes;
import io.streams.demo.cache.store.SetValue;

/**
 * Commands about sets.
 */
final class SetCommands {

	private SetCommands() {
	}

	static List<CommandSpec> all() {
		return List.of(CommandSpec.growing("sadd", -3, SetCommands::add),
				CommandSpec.of("srem", -3, SetCommands::remove), CommandSpec.of("smembers", 2, SetCommands::members),
				CommandSpec.of("scard", 2, SetCommands::size), CommandSpec.of("sismember", 3, SetCommands::contains));
	}

	private static Reply add(Session session, Arguments arguments) {
		return session.keys()
			.change(arguments.key(1), SetValue.class, SetValue::new, (set) -> Reply.number(set.add(arguments.from(2))));
	}

	private static Reply remove(Session session, Arguments arguments) {
		return session.keys()
			.change(arguments.key(1), SetValue.class, SetValue::new,
					(set) -> Reply.number(set.remove(arguments.from(2))));
	}

	private static Reply members(Session session, Arguments arguments) {
		SetValue set = session.keys().find(arguments.key(1), SetValue.class);
		return (set != null) ? Reply.bulks(set.members().stream().map(Bytes::array).toList()) : Reply.EMPTY;
	}

	private static Reply size(Session session, Arguments arguments) {
		SetValue set = session.keys().find(arguments.key(1), SetValue.class);
		return (set != null) ? Reply.number(set.members().size()) : Reply.ZERO;
	}

	private static Reply contains(Session session, Arguments arguments) {
		SetValue set = session.keys().find(arguments.key(1), SetValue.class);
		return Reply.flag(set != null && set.contains(arguments.bytes(2)));
	}

}
