package io.streams.memory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time of a network in memory. It moves only by {@link #advance}. Every deadline of a
 * transport, and every arrival on a slow link, follows it:
 *
 * <pre>
 * VirtualClock clock = VirtualClock.create();
 * MemoryTransportFactory network = MemoryTransportFactory.builder().clock(clock).build();
 * ...
 * clock.advance(Duration.ofMinutes(5));
 * </pre>
 *
 * Read timeouts and the periods of a server's stop follow the system's time.
 * <p>
 * Safe for use by any thread.
 *
 * @since 0.1
 */
public final class VirtualClock {

	private final AtomicLong nanos = new AtomicLong(1);

	private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();

	private VirtualClock() {
	}

	/**
	 * Creates a clock.
	 * @return the clock
	 */
	public static VirtualClock create() {
		return new VirtualClock();
	}

	/**
	 * Returns the time.
	 * @return nanoseconds since a moment that means nothing, as {@link System#nanoTime()}
	 */
	public long nanoTime() {
		return this.nanos.get();
	}

	/**
	 * Moves the time, and wakes the networks to check their deadlines. It does not wait
	 * until they have.
	 * @param time by how much, more than 0
	 * @throws IllegalArgumentException if the time is not more than 0
	 */
	public void advance(Duration time) {
		if (!time.isPositive()) {
			throw new IllegalArgumentException("the time to advance by is " + time + ": give more than 0");
		}
		this.nanos.addAndGet(time.toNanos());
		this.listeners.forEach(Runnable::run);
	}

	void addListener(Runnable listener) {
		this.listeners.add(listener);
	}

	void removeListener(Runnable listener) {
		this.listeners.remove(listener);
	}

}
