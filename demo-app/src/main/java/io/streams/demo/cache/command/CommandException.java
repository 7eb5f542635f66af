package io.streams.demo.cache.command;

import io.streams.demo.cache.resp.Reply;

/**
 * A command cannot be done, and why, in Redis's words.
 */
final class CommandException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** A stack trace would say nothing that the client's words do not. */
	CommandException(String message) {
		super(message, null, false, false);
	}

	static CommandException syntax() {
		return new CommandException("ERR syntax error");
	}

	static CommandException notAnInteger() {
		return new CommandException("ERR value is not an integer or out of range");
	}

	static CommandException arity(String command) {
		return new CommandException("ERR wrong number of arguments for '" + command + "' command");
	}

	static CommandException expireTime(String command) {
		return new CommandException("ERR invalid expire time in '" + command + "' command");
	}

	Reply reply() {
		return new Reply.Failure(String.valueOf(getMessage()));
	}

}
