package io.streams.benchmarks.contestant;

import java.util.List;

/**
 * A program that is a server to be measured.
 */
interface Program {

	/** Whether this machine has what it needs. */
	boolean isAvailable();

	/** The command that starts it. */
	List<String> command(Launch launch);

}
