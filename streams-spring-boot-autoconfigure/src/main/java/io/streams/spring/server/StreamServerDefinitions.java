package io.streams.spring.server;

import java.util.List;

/**
 * Gives the definitions of all servers, when every bean is known.
 */
@FunctionalInterface
public interface StreamServerDefinitions {

	/**
	 * The definitions.
	 * @return a definition for each server, each with a name of its own
	 */
	List<StreamServerDefinition> getDefinitions();

}
