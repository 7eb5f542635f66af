package io.streams.benchmarks.contestant;

import java.io.IOException;

/**
 * What a channel of the raw server does when it is ready.
 */
@FunctionalInterface
interface RawNioHandler {

	/**
	 * Goes on.
	 * @throws IOException if the channel shall be closed
	 */
	void ready() throws IOException;

}
