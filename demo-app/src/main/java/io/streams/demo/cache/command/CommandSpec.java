package io.streams.demo.cache.command;

/**
 * A command with what is known of it.
 *
 * @param name its name in lower case; that of a subcommand is {@code command|subcommand}
 * @param arity how many words it has, its name included; negative if it may have more
 * @param grows whether it is refused when the memory is used up
 * @param command what it does
 */
record CommandSpec(String name, int arity, boolean grows, Command command) {

	/** A command that needs no more memory. */
	static CommandSpec of(String name, int arity, Command command) {
		return new CommandSpec(name, arity, false, command);
	}

	/** A command that may need more memory. */
	static CommandSpec growing(String name, int arity, Command command) {
		return new CommandSpec(name, arity, true, command);
	}

	boolean accepts(int words) {
		return (this.arity >= 0) ? words == this.arity : words >= -this.arity;
	}

}
