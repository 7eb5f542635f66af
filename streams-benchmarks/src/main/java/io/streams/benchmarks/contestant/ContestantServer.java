package io.streams.benchmarks.contestant;

import io.streams.benchmarks.workload.Service;

/**
 * A server to be measured. It runs until its process ends.
 */
@FunctionalInterface
interface ContestantServer {

	/** How many clients may wait to be accepted. */
	int BACKLOG = 1024;

	/** Bytes of the longest line. */
	int MAX_LINE_BYTES = 64 * 1024;

	/** The only address that a server listens on. */
	String HOST = "127.0.0.1";

	/**
	 * Starts it on a free port of {@link #HOST}.
	 * @param service what it does
	 * @param loops how many event loops it gets, where it has some
	 * @return the port
	 * @throws Exception if it does not start
	 */
	int start(Service service, int loops) throws Exception;

}
