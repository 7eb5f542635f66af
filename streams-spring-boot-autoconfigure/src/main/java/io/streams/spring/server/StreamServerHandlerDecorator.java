package io.streams.spring.server;

import io.streams.ConnectionHandler;

/**
 * Goes around the handlers of servers; to be implemented by beans that have to do
 * something on a handler's thread before and after it.
 */
@FunctionalInterface
public interface StreamServerHandlerDecorator {

	/**
	 * Decorates the handler of a server, at each of its starts.
	 * @param server the name of the server
	 * @param handler its handler
	 * @return a handler that calls it
	 */
	ConnectionHandler decorate(String server, ConnectionHandler handler);

}
