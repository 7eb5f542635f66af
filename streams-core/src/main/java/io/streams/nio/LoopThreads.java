package io.streams.nio;

/**
 * What kind of thread an event loop is.
 */
public enum LoopThreads {

	/**
	 * A virtual thread: the handlers that it wakes run on the same carrier, without a
	 * switch of threads. The default, and the fastest.
	 */
	VIRTUAL,

	/**
	 * A platform thread: I/O goes on while virtual threads that compute hold all
	 * carriers.
	 */
	PLATFORM

}
