package io.streams.loop;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Memory for the time when the heap is exhausted: to close a connection, which gives
 * memory back, takes some first. Then the loops release the reserve, and the watchdog
 * fills it again when there is room. Any thread.
 */
final class MemoryReserve {

	/** Enough to close thousands of connections; at most 1/64 of the heap. */
	private static final int BYTES = (int) Math.min(1024 * 1024, Runtime.getRuntime().maxMemory() / 64);

	private static final AtomicReference<byte @Nullable []> reserve = new AtomicReference<>();

	private MemoryReserve() {
	}

	/** Releases the reserve. Takes no memory. */
	static void release() {
		reserve.set(null);
	}

	/**
	 * Fills the reserve if it is empty and the heap has room. Called before there are
	 * loops, so that {@link #release()} does not have to load this class.
	 */
	static void fill() {
		if (reserve.get() == null) {
			try {
				reserve.set(new byte[BYTES]);
			}
			catch (OutOfMemoryError ex) {
				// The next look tries again.
			}
		}
	}

}
