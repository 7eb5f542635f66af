package io.streams.demo.cache.command;

import java.util.ArrayList;
import java.util.List;

import io.streams.demo.cache.resp.Digits;
import io.streams.demo.cache.resp.Reply;
import io.streams.demo.cache.store.ListEnd;
import io.streams.demo.cache.store.ListValue;

/**
 * Commands about lists.
 */
final class ListCommands {

	private ListCommands() {
	}

	static List<CommandSpec> all() {
		return List.of(CommandSpec.growing("lpush", -3, (session, arguments) -> push(session, arguments, ListEnd.HEAD)),
				CommandSpec.growing("rpush", -3, (session, arguments) -> push(session, arguments, ListEnd.TAIL)),
				CommandSpec.of("lpop", -2, (session, arguments) -> pop(session, arguments, ListEnd.HEAD)),
				CommandSpec.of("rpop", -2, (session, arguments) -> pop(session, arguments, ListEnd.TAIL)),
				CommandSpec.of("lrange", 4, ListCommands::range), CommandSpec.of("llen", 2, ListCommands::length));
	}

	private static Reply push(Session session, Arguments arguments, ListEnd end) {
		return session.keys()
			.change(arguments.key(1), ListValue.class, ListValue::new,
					(list) -> Reply.number(list.push(end, arguments.from(2))));
	}

	private static Reply pop(Session session, Arguments arguments, ListEnd end) {
		if (arguments.count() > 3) {
			throw CommandException.arity(arguments.keyword(0));
		}
		boolean several = arguments.count() == 3;
		long count = several ? positive(arguments, 2) : 1;
		if (session.keys().find(arguments.key(1), ListValue.class) == null) {
			return several ? Reply.NIL_ARRAY : Reply.NIL;
		}
		return session.keys()
			.change(arguments.key(1), ListValue.class, ListValue::new,
					(list) -> several ? popSeveral(list, end, count) : Reply.bulk(list.pop(end)));
	}

	private static Reply popSeveral(ListValue list, ListEnd end, long count) {
		List<Reply> popped = new ArrayList<>();
		while (popped.size() < count && !list.isEmpty()) {
			popped.add(Reply.bulk(list.pop(end)));
		}
		return new Reply.Array(popped);
	}

	private static long positive(Arguments arguments, int index) {
		long value = Digits.parse(arguments.bytes(index)).orElse(-1);
		if (value < 0) {
			throw new CommandException("ERR value is out of range, must be positive");
		}
		return value;
	}

	private static Reply range(Session session, Arguments arguments) {
		long start = arguments.integer(2);
		long stop = arguments.integer(3);
		ListValue list = session.keys().find(arguments.key(1), ListValue.class);
		return (list != null) ? Reply.bulks(list.range(start, stop)) : Reply.EMPTY;
	}

	private static Reply length(Session session, Arguments arguments) {
		ListValue list = session.keys().find(arguments.key(1), ListValue.class);
		return (list != null) ? Reply.number(list.size()) : Reply.ZERO;
	}

}
