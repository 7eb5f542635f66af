package io.streams.benchmarks.load;

import java.io.IOException;

/**
 * A connection of the load generator; attached to its selection key.
 */
interface Client {

	/**
	 * Goes on, with what the connection is ready for.
	 * @throws IOException if the server breaks off or sends what it must not
	 */
	void ready() throws IOException;

}
