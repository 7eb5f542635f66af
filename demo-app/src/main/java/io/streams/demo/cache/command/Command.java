package io.streams.demo.cache.command;

import io.streams.demo.cache.resp.Reply;

/**
 * Something that a client can ask for. It runs while no other command does.
 */
@FunctionalInterface
interface Command {

	/**
	 * Does what was asked.
	 * @param session who asks
	 * @param arguments what is asked, the command's name first
	 * @return the answer
	 * @throws CommandException if it cannot be done
	 */
	Reply execute(Session session, Arguments arguments);

}
