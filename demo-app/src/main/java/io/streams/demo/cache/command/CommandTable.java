package io.streams.demo.cache.command;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.streams.demo.cache.resp.Reply;
import io.streams.demo.cache.store.Bytes;
import io.streams.demo.cache.store.WrongTypeException;

/**
 * All commands by name, and the way from a request to its reply. Immutable.
 */
public final class CommandTable {

	/** How much of a client's words an error repeats. */
	private static final int QUOTED_LENGTH = 128;

	private static final Set<Bytes> CONTAINERS = Set.of(Bytes.of("client"), Bytes.of("command"), Bytes.of("config"));

	private static final Reply WRONG_TYPE = new Reply.Failure(
			"WRONGTYPE Operation against a key holding the wrong kind of value");

	private static final Reply OUT_OF_MEMORY = new Reply.Failure(
			"OOM command not allowed when used memory > 'maxmemory'.");

	private final Map<Bytes, CommandSpec> commands = new HashMap<>();

	/** Create the table of all commands. */
	public CommandTable() {
		Stream
			.of(StringCommands.all(), ListCommands.all(), SetCommands.all(), HashCommands.all(), KeyCommands.all(),
					ConnectionCommands.all(), ServerCommands.all())
			.flatMap(List::stream)
			.forEach((spec) -> this.commands.put(Bytes.of(spec.name()), spec));
	}

	/**
	 * Does what a request asks for.
	 * @param words the request's words, at least one
	 * @param session who asks
	 * @return the answer, which may be an error
	 */
	public Reply execute(List<byte[]> words, Session session) {
		try {
			CommandSpec spec = find(words);
			if (!spec.accepts(words.size())) {
				throw CommandException.arity(spec.name());
			}
			session.began(spec.name());
			return session.keys().atomically(() -> run(spec, words, session));
		}
		catch (CommandException ex) {
			return ex.reply();
		}
		catch (WrongTypeException ex) {
			return WRONG_TYPE;
		}
	}

	private static Reply run(CommandSpec spec, List<byte[]> words, Session session) {
		if (spec.grows() && session.cache().isFull()) {
			return OUT_OF_MEMORY;
		}
		return spec.command().execute(session, new Arguments(words));
	}

	private CommandSpec find(List<byte[]> words) {
		Bytes name = lowerCase(words.get(0));
		CommandSpec spec = this.commands.get(name);
		if (spec == null) {
			throw unknown(words);
		}
		if (words.size() > 1 && CONTAINERS.contains(name)) {
			return findSubcommand(spec, words);
		}
		return spec;
	}

	private CommandSpec findSubcommand(CommandSpec container, List<byte[]> words) {
		Bytes name = Bytes.of(container.name() + "|" + lowerCase(words.get(1)));
		CommandSpec spec = this.commands.get(name);
		if (spec == null) {
			throw new CommandException("ERR unknown subcommand '" + quoted(words.get(1), QUOTED_LENGTH) + "'. Try "
					+ container.name().toUpperCase(Locale.ROOT) + " HELP.");
		}
		return spec;
	}

	private static CommandException unknown(List<byte[]> words) {
		StringBuilder arguments = new StringBuilder();
		for (int i = 1; i < words.size() && arguments.length() < QUOTED_LENGTH; i++) {
			String argument = quoted(words.get(i), QUOTED_LENGTH - arguments.length());
			arguments.append('\'').append(argument).append("' ");
		}
		return new CommandException("ERR unknown command '" + quoted(words.get(0), QUOTED_LENGTH)
				+ "', with args beginning with: " + arguments);
	}

	/** The beginning of a word, up to a zero byte, where C's strings end. */
	private static String quoted(byte[] word, int maximum) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < Math.min(word.length, maximum) && word[i] != 0; i++) {
			text.append((char) Byte.toUnsignedInt(word[i]));
		}
		return text.toString();
	}

	private static Bytes lowerCase(byte[] word) {
		byte[] lower = word.clone();
		for (int i = 0; i < lower.length; i++) {
			if (lower[i] >= 'A' && lower[i] <= 'Z') {
				lower[i] = (byte) (lower[i] + ('a' - 'A'));
			}
		}
		return Bytes.of(lower);
	}

}
