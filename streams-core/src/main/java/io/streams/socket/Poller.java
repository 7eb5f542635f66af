package io.streams.socket;

import java.io.Closeable;
import java.util.Collection;
import java.util.function.Consumer;

import java.io.IOException;

/**
 * Watches the sockets of one event loop, on which alone it is used, but for
 * {@link #wakeUp()}.
 */
public interface Poller extends Closeable {

	/**
	 * Asks which sockets are ready now. Many may be asked about at once, but not
	 * necessarily all: those that are left out come with the next call.
	 * @param ready gets each of them
	 * @throws IOException if the system refuses
	 */
	void poll(Consumer<PolledSocket> ready) throws IOException;

	/**
	 * Waits until a socket is ready, somebody calls {@link #wakeUp()}, or time is up. A
	 * virtual thread leaves its carrier meanwhile. It may come back early, with nothing.
	 * @param nanos the longest time to wait, in nanoseconds; below 0 for no bound
	 * @param ready gets each socket that is ready
	 * @throws IOException if the system refuses
	 */
	void await(long nanos, Consumer<PolledSocket> ready) throws IOException;

	/**
	 * Ends the present wait, or the next one if there is none now. Safe for use by any
	 * thread.
	 */
	void wakeUp();

	/**
	 * Tells that the calling thread runs the loop from now on. The former one, a virtual
	 * thread, may be within {@link #await} still, and may never come back.
	 * @throws IOException if the system refuses; the caller tries again
	 */
	default void threadReplaced() throws IOException {
	}

	/**
	 * Whether a virtual thread that waits would not be woken any more. Safe for use by
	 * any thread.
	 * @return whether only a platform thread can run the loop
	 */
	default boolean isBroken() {
		return false;
	}

	/**
	 * Who hears of the sockets that are watched.
	 * @return a copy
	 */
	Collection<ReadyHandler> handlers();

	/** Lets go of all sockets, which stay open, and of what the poller itself holds. */
	@Override
	void close() throws IOException;

}
