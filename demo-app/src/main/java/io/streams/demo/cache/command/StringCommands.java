package io.streams.demo.cache.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.streams.demo.cache.resp.Digits;
import io.streams.demo.cache.resp.Reply;
import io.streams.demo.cache.store.Bytes;
import io.streams.demo.cache.store.Keyspace;
import io.streams.demo.cache.store.StringValue;

import org.jspecify.annotations.Nullable;

/**
 * Commands about strings.
 */
final class StringCommands {

	private StringCommands() {
	}

	static List<CommandSpec> all() {
		return List.of(CommandSpec.of("get", 2, StringCommands::get),
				CommandSpec.growing("set", -3, StringCommands::set),
				CommandSpec.growing("getset", 3, StringCommands::getAndSet),
				CommandSpec.growing("append", 3, StringCommands::append),
				CommandSpec.of("strlen", 2, StringCommands::length),
				CommandSpec.growing("mset", -3, StringCommands::setAll),
				CommandSpec.of("mget", -2, StringCommands::getAll),
				CommandSpec.growing("incr", 2, (session, arguments) -> add(session, arguments, 1)),
				CommandSpec.growing("decr", 2, (session, arguments) -> add(session, arguments, -1)),
				CommandSpec.growing("incrby", 3, (session, arguments) -> add(session, arguments, arguments.integer(2))),
				CommandSpec.growing("decrby", 3, StringCommands::subtract));
	}

	private static Reply get(Session session, Arguments arguments) {
		return Reply.bulk(find(session, arguments.key(1)));
	}

	private static Reply set(Session session, Arguments arguments) {
		Keyspace keys = session.keys();
		SetOptions options = (arguments.count() > 3) ? SetOptions.parse(arguments) : SetOptions.NONE;
		Bytes key = arguments.key(1);
		long deadline = options.deadline(keys, key);
		Reply former = options.wantsFormer() ? Reply.bulk(find(session, key)) : Reply.OK;
		if (!options.allows(keys.find(key) != null)) {
			return options.wantsFormer() ? former : Reply.NIL;
		}
		keys.put(key, new StringValue(arguments.bytes(2)), deadline);
		return former;
	}

	private static Reply getAndSet(Session session, Arguments arguments) {
		Reply former = get(session, arguments);
		session.keys().put(arguments.key(1), new StringValue(arguments.bytes(2)), Keyspace.NEVER);
		return former;
	}

	private static Reply append(Session session, Arguments arguments) {
		byte[] former = find(session, arguments.key(1));
		byte[] added = arguments.bytes(2);
		if (former != null && former.length + added.length > session.cache().maxStringBytes()) {
			throw new CommandException("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
		}
		byte[] result = (former != null) ? Arrays.copyOf(former, former.length + added.length) : added;
		if (former != null) {
			System.arraycopy(added, 0, result, former.length, added.length);
		}
		session.keys().replace(arguments.key(1), new StringValue(result));
		return Reply.number(result.length);
	}

	private static Reply length(Session session, Arguments arguments) {
		byte[] value = find(session, arguments.key(1));
		return (value != null) ? Reply.number(value.length) : Reply.ZERO;
	}

	private static Reply setAll(Session session, Arguments arguments) {
		if (arguments.count() % 2 == 0) {
			throw CommandException.arity("mset");
		}
		for (int i = 1; i < arguments.count(); i += 2) {
			session.keys().put(arguments.key(i), new StringValue(arguments.bytes(i + 1)), Keyspace.NEVER);
		}
		return Reply.OK;
	}

	private static Reply getAll(Session session, Arguments arguments) {
		List<Reply> values = new ArrayList<>(arguments.count() - 1);
		for (int i = 1; i < arguments.count(); i++) {
			boolean string = session.keys().find(arguments.key(i)) instanceof StringValue;
			values.add(string ? Reply.bulk(find(session, arguments.key(i))) : Reply.NIL);
		}
		return new Reply.Array(values);
	}

	private static Reply subtract(Session session, Arguments arguments) {
		long amount = arguments.integer(2);
		if (amount == Long.MIN_VALUE) {
			throw new CommandException("ERR decrement would overflow");
		}
		return add(session, arguments, -amount);
	}

	private static Reply add(Session session, Arguments arguments, long amount) {
		Bytes key = arguments.key(1);
		byte[] former = find(session, key);
		long value = (former != null) ? Digits.parse(former).orElseThrow(CommandException::notAnInteger) : 0;
		long sum = value + amount;
		if (((value ^ sum) & (amount ^ sum)) < 0) {
			throw new CommandException("ERR increment or decrement would overflow");
		}
		session.keys().replace(key, new StringValue(Long.toString(sum).getBytes(StandardCharsets.ISO_8859_1)));
		return Reply.number(sum);
	}

	private static byte @Nullable [] find(Session session, Bytes key) {
		StringValue value = session.keys().find(key, StringValue.class);
		return (value != null) ? value.bytes() : null;
	}

}
