package io.streams.loop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What kind of thread an event loop is.
 *
 * @since 0.1
 */
public enum LoopThreads {

	/**
	 * A virtual thread: the handlers that it wakes run on the same carrier, without a
	 * switch of threads. The default: a handler that computes keeps a carrier busy, of
	 * which there are several, and not a certain loop.
	 */
	VIRTUAL,

	/**
	 * A platform thread: I/O goes on while virtual threads that compute hold all
	 * carriers.
	 */
	PLATFORM,

	/**
	 * A platform thread that also runs the virtual threads of its connections' handlers,
	 * a few at a time, after their bytes came: they do not wait for a carrier that
	 * virtual threads elsewhere keep busy. Costs less processor time than a virtual loop
	 * where the system's sockets are polled without the JDK's channels and requests are
	 * few. A handler that computes, or calls what pins its thread (a lookup of a host's
	 * name, a file), keeps its loop's connections waiting.
	 * <p>
	 * Needs a JVM started with {@code --add-opens java.base/java.lang=ALL-UNNAMED} (on
	 * the module path, {@code =io.streams}). Without it, a loop is {@link #VIRTUAL}, and
	 * the log says so.
	 */
	CARRIER;

	private static final Logger logger = LoggerFactory.getLogger(LoopThreads.class);

	/** This kind, or the one in its place where this JVM does not have it. */
	LoopThreads orFallback() {
		if (this != CARRIER || VirtualThreadSchedulers.areSupported()) {
			return this;
		}
		logger.warn("Event loops cannot be carriers of their handlers in this JVM, and are virtual threads instead: "
				+ "start it with " + VirtualThreadSchedulers.requiredOption());
		return VIRTUAL;
	}

}
