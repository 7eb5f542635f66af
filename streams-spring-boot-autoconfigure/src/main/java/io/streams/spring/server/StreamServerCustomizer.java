package io.streams.spring.server;

import io.streams.ServerOptions;

/**
 * Changes the options of servers before they are started; to be implemented by beans.
 * They are called in their order, after the properties were applied. A listener that is
 * set here is called in addition to those of the application.
 */
@FunctionalInterface
public interface StreamServerCustomizer {

	/**
	 * Changes the options of a server.
	 * @param server the name of the server, which cannot be changed
	 * @param options the options to change
	 */
	void customize(String server, ServerOptions.Builder options);

}
