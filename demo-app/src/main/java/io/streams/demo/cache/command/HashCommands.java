package io.streams.demo.cache.command;

import java.util.ArrayList;
import java.util.List;

import io.streams.demo.cache.resp.Reply;
import io.streams.demo.cache.store.HashValue;

/**
 * Commands about hashes.
 */
final class HashCommands {

	private HashCommands() {
	}

	static List<CommandSpec> all() {
		return List.of(CommandSpec.growing("hset", -4, HashCommands::set), CommandSpec.of("hget", 3, HashCommands::get),
				CommandSpec.of("hgetall", 2, HashCommands::getAll), CommandSpec.of("hdel", -3, HashCommands::remove),
				CommandSpec.of("hlen", 2, HashCommands::size));
	}

	private static Reply set(Session session, Arguments arguments) {
		if (arguments.count() % 2 != 0) {
			throw CommandException.arity("hset");
		}
		return session.keys()
			.change(arguments.key(1), HashValue.class, HashValue::new, (hash) -> putAll(hash, arguments.from(2)));
	}

	private static Reply putAll(HashValue hash, List<byte[]> fieldsAndValues) {
		int added = 0;
		for (int i = 0; i < fieldsAndValues.size(); i += 2) {
			added += hash.put(fieldsAndValues.get(i), fieldsAndValues.get(i + 1)) ? 1 : 0;
		}
		return Reply.number(added);
	}

	private static Reply get(Session session, Arguments arguments) {
		HashValue hash = session.keys().find(arguments.key(1), HashValue.class);
		return (hash != null) ? Reply.bulk(hash.get(arguments.bytes(2))) : Reply.NIL;
	}

	private static Reply getAll(Session session, Arguments arguments) {
		HashValue hash = session.keys().find(arguments.key(1), HashValue.class);
		List<byte[]> items = new ArrayList<>();
		if (hash != null) {
			hash.fields().forEach((field, value) -> {
				items.add(field.array());
				items.add(value);
			});
		}
		return Reply.bulks(items);
	}

	private static Reply remove(Session session, Arguments arguments) {
		return session.keys()
			.change(arguments.key(1), HashValue.class, HashValue::new,
					(hash) -> Reply.number(hash.remove(arguments.from(2))));
	}

	private static Reply size(Session session, Arguments arguments) {
		HashValue hash = session.keys().find(arguments.key(1), HashValue.class);
		return (hash != null) ? Reply.number(hash.fields().size()) : Reply.ZERO;
	}

}
