package io.streams.benchmarks.load;

import java.io.IOException;

/**
 * A load on a server, which measures itself: once or in several turns, each with
 * connections of its own, so that nothing is asked of the server between two turns.
 */
interface Load {

	/**
	 * Warms the server up.
	 * @throws IOException if the server breaks off, is silent, or sends what it must not
	 */
	void warmUp() throws IOException;

	/**
	 * Measures.
	 * @return the figures
	 * @throws IOException if the server breaks off, is silent, or sends what it must not
	 */
	LoadResult measure() throws IOException;

}
