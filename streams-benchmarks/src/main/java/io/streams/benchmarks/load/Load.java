package io.streams.benchmarks.load;

import java.io.IOException;

/**
 * A load on a server, which measures itself.
 */
interface Load {

	/**
	 * Warms the server up, and measures.
	 * @return the figures
	 * @throws IOException if the server breaks off, is silent, or sends what it must not
	 */
	LoadResult run() throws IOException;

}
