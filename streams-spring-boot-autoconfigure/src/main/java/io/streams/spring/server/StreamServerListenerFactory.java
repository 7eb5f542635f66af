package io.streams.spring.server;

import io.streams.StreamListener;

/**
 * Makes a listener for one server; to be implemented by beans that keep something for
 * each server and would not look it up at every event. Listeners that make no such
 * difference are simply beans of type {@link StreamListener}.
 */
@FunctionalInterface
public interface StreamServerListenerFactory {

	/**
	 * Makes the listener of a server, before each of its starts.
	 * @param server the name of the server
	 * @return the listener
	 */
	StreamListener createListener(String server);

}
