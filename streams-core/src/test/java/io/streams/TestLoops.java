package io.streams;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;

/**
 * Options of the event loops that a test makes for itself.
 */
public final class TestLoops {

	private TestLoops() {
	}

	/**
	 * {@return the options of so many loops on threads of a kind}
	 */
	public static LoopOptions of(int loops, LoopThreads threads) {
		return LoopOptions.builder().loops(loops).threads(threads).build();
	}

}
