package io.streams.demo.cache.command;

import java.util.List;
import java.util.stream.Collectors;

import io.streams.demo.cache.resp.Reply;

/**
 * Commands about the connection itself.
 */
final class ConnectionCommands {

	/** Longest name of a client: it is kept, and shown to whoever lists the clients. */
	private static final int MAX_NAME = 256;

	private static final Reply PONG = new Reply.Status("PONG");

	private ConnectionCommands() {
	}

	static List<CommandSpec> all() {
		return List.of(CommandSpec.of("ping", -1, ConnectionCommands::ping),
				CommandSpec.of("echo", 2, (session, arguments) -> Reply.bulk(arguments.bytes(1))),
				CommandSpec.of("select", 2, ConnectionCommands::select),
				CommandSpec.of("hello", -1, ConnectionCommands::hello),
				CommandSpec.of("quit", -1, ConnectionCommands::quit),
				CommandSpec.of("reset", 1, ConnectionCommands::reset),
				CommandSpec.of("post", -1, ConnectionCommands::drop),
				CommandSpec.of("host:", -1, ConnectionCommands::drop),
				CommandSpec.of("client", -2, ConnectionCommands::client),
				CommandSpec.of("client|id", 2, (session, arguments) -> Reply.number(session.id())),
				CommandSpec.of("client|getname", 2, ConnectionCommands::name),
				CommandSpec.of("client|setname", 3, ConnectionCommands::setName),
				CommandSpec.of("client|setinfo", 4, (session, arguments) -> Reply.OK),
				CommandSpec.of("client|info", 2, (session, arguments) -> Reply.text(session.describe())),
				CommandSpec.of("client|list", -2, ConnectionCommands::list));
	}

	private static Reply ping(Session session, Arguments arguments) {
		return switch (arguments.count()) {
			case 1 -> PONG;
			case 2 -> Reply.bulk(arguments.bytes(1));
			default -> throw CommandException.arity("ping");
		};
	}

	private static Reply select(Session session, Arguments arguments) {
		if (arguments.integer(1) != 0) {
			throw new CommandException("ERR DB index is out of range");
		}
		return Reply.OK;
	}

	private static Reply hello(Session session, Arguments arguments) {
		if (arguments.count() > 1 && !arguments.text(1).equals("2")) {
			return new Reply.Failure("NOPROTO unsupported protocol version");
		}
		if (arguments.count() > 2) {
			throw new CommandException("ERR Syntax error in HELLO option '" + arguments.text(2) + "'");
		}
		return new Reply.Array(List.of(Reply.text("server"), Reply.text("redis"), Reply.text("version"),
				Reply.text(ServerCommands.VERSION), Reply.text("proto"), Reply.number(2), Reply.text("id"),
				Reply.number(session.id()), Reply.text("mode"), Reply.text("standalone"), Reply.text("role"),
				Reply.text("master"), Reply.text("modules"), Reply.EMPTY));
	}

	private static Reply quit(Session session, Arguments arguments) {
		session.end();
		return Reply.OK;
	}

	private static Reply reset(Session session, Arguments arguments) {
		session.setName("");
		return new Reply.Status("RESET");
	}

	/**
	 * The first words of a request that a browser was tricked into sending here: whoever
	 * says them is no client, and what follows is not to be obeyed.
	 */
	private static Reply drop(Session session, Arguments arguments) {
		session.end();
		return new Reply.Failure("ERR this is no HTTP server");
	}

	/** Never runs: its subcommands do. */
	private static Reply client(Session session, Arguments arguments) {
		throw CommandException.arity("client");
	}

	private static Reply name(Session session, Arguments arguments) {
		return session.name().isEmpty() ? Reply.NIL : Reply.text(session.name());
	}

	private static Reply setName(Session session, Arguments arguments) {
		if (arguments.bytes(2).length > MAX_NAME) {
			throw new CommandException("ERR Client names cannot be longer than " + MAX_NAME + " bytes.");
		}
		for (byte character : arguments.bytes(2)) {
			if (character < '!' || character > '~') {
				throw new CommandException("ERR Client names cannot contain spaces, newlines or special characters.");
			}
		}
		session.setName(arguments.text(2));
		return Reply.OK;
	}

	private static Reply list(Session session, Arguments arguments) {
		return Reply.text(session.cache().sessions().stream().map(Session::describe).collect(Collectors.joining()));
	}

}
