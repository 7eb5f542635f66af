package io.streams.buffer;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * How much memory all connections of the process may take together: the bytes that they
 * buffer for reading, for writing and in TLS, and an estimate for each connection itself.
 *
 * <pre>
 *   FREE ──3/4 of the limit──▶ SCARCE ──the limit──▶ EXCEEDED
 *     ◀──11/16 of the limit───       ◀──the limit───
 * </pre>
 *
 * The budget only counts. Event loops act on its level: see "Limits and neighbours" in
 * the documentation. The counters are exact; the level follows them whenever memory
 * grows, and whenever {@link #update()} is called. All methods may be called by any
 * thread.
 */
public final class MemoryBudget {

	/** The part of the heap that is the limit by default, in percent: 40. */
	public static final int DEFAULT_HEAP_PERCENT = 40;

	/** Bytes that a connection takes beside its buffers: an estimate of 3 KiB. */
	public static final int CONNECTION_BYTES = 3 * 1024;

	private static final int SIXTEENTHS_SCARCE = 12;

	private static final int SIXTEENTHS_FREE = 11;

	/** The least that each connection may hold while memory is scarce. */
	private static final long MIN_SHARE_BYTES = 4 * 1024;

	private static final LongAdder connections = new LongAdder();

	private static final LongAdder reserved = new LongAdder();

	private static final List<Runnable> watchers = new CopyOnWriteArrayList<>();

	private static final AtomicReference<State> state = new AtomicReference<>(new State(Level.FREE, 0));

	private static volatile long limit = defaultLimit();

	/** How scarce memory is. */
	public enum Level {

		/** There is enough. */
		FREE,

		/** New clients wait, and connections get their share. */
		SCARCE,

		/** Connections that hold the most are closed. */
		EXCEEDED

	}

	/**
	 * A level and when memory became scarce.
	 *
	 * @param level the level
	 * @param since by the monotonic clock, in nanoseconds; 0 while memory is free
	 */
	private record State(Level level, long since) {
	}

	private MemoryBudget() {
	}

	private static long defaultLimit() {
		return Runtime.getRuntime().maxMemory() / 100 * DEFAULT_HEAP_PERCENT;
	}

	/**
	 * Returns the bytes that connections may take.
	 * @return the limit in bytes
	 */
	public static long limit() {
		return limit;
	}

	/**
	 * Sets the bytes that connections may take. Takes effect at once.
	 * @param bytes the limit, more than 0
	 * @throws IllegalArgumentException if it is 0 or less
	 */
	public static void setLimit(long bytes) {
		if (bytes <= 0) {
			throw new IllegalArgumentException("a memory budget of " + bytes + " bytes: give more than 0");
		}
		limit = bytes;
		update();
	}

	/** Sets the limit to the default share of the heap. */
	public static void resetLimit() {
		setLimit(defaultLimit());
	}

	/**
	 * Returns the bytes that connections take now.
	 * @return buffered bytes with the unused rest of their segments, and the estimate for
	 * connections
	 */
	public static long used() {
		return SegmentPool.bytesInUse() + estimate();
	}

	/** Estimates what connections take beside their buffers. */
	private static long estimate() {
		return connections.sum() * CONNECTION_BYTES + reserved.sum();
	}

	/** Counts a connection. */
	public static void connectionOpened() {
		connections.increment();
		grown();
	}

	/** Counts a connection no more. */
	public static void connectionClosed() {
		connections.decrement();
	}

	/**
	 * Counts bytes that are in no buffer of the library, as the state of a TLS handshake.
	 * @param bytes how many, negative to give them back
	 */
	public static void reserve(long bytes) {
		reserved.add(bytes);
		if (bytes > 0) {
			grown();
		}
	}

	/**
	 * Returns how scarce memory is.
	 * @return the level, as it was when memory last grew or was last looked at
	 */
	public static Level level() {
		return state.get().level();
	}

	/**
	 * Returns whether each connection is limited to its share.
	 * @return {@code true} unless memory is free
	 */
	public static boolean isScarce() {
		return level() != Level.FREE;
	}

	/**
	 * Returns for how long memory has been scarce.
	 * @param now the present time by the monotonic clock
	 * @return nanoseconds, 0 while memory is free
	 */
	public static long scarceNanos(long now) {
		State current = state.get();
		return (current.level() != Level.FREE) ? Math.max(0, now - current.since()) : 0;
	}

	/**
	 * Returns the bytes that each connection may buffer while memory is scarce.
	 * @return three quarters of an equal part of what the connections themselves leave of
	 * the limit, because segments take more than their bytes; a quarter of that once the
	 * limit is exceeded; at least 4 KiB
	 */
	public static long share() {
		long share = Math.max(0, limit - estimate()) / 4 * 3 / Math.max(1, connections.sum());
		return Math.max(MIN_SHARE_BYTES, (level() == Level.EXCEEDED) ? share / 4 : share);
	}

	/**
	 * Returns the bytes that a connection buffers on average.
	 * @return bytes, 0 or more
	 */
	public static long average() {
		return SegmentPool.bytesInUse() / Math.max(1, connections.sum());
	}

	/**
	 * Returns whether more than half of the limit is used.
	 * @return {@code false} if new clients have room for a while
	 */
	public static boolean isHalfUsed() {
		return used() > limit / 2;
	}

	/**
	 * Returns whether more than 7/8 of the limit are used.
	 * @return {@code false} if the connections that are there have room for a while
	 */
	public static boolean isNearLimit() {
		return used() > limit / 8 * 7;
	}

	/** Notes that memory has grown. */
	static void grown() {
		if (update() != Level.FREE) {
			watchers.forEach(Runnable::run);
		}
	}

	/**
	 * Brings the level in line with what is used.
	 * @return the level
	 */
	public static Level update() {
		State before = state.get();
		Level now = levelFor(used(), before.level());
		if (now != before.level()) {
			long since = (now == Level.FREE) ? 0 : (before.level() == Level.FREE) ? System.nanoTime() : before.since();
			// A faster thread has looked at the same counters.
			state.compareAndSet(before, new State(now, since));
		}
		return now;
	}

	private static Level levelFor(long used, Level before) {
		long most = limit;
		if (used >= most) {
			return Level.EXCEEDED;
		}
		int sixteenths = (before == Level.FREE) ? SIXTEENTHS_SCARCE : SIXTEENTHS_FREE;
		return (used >= most / 16 * sixteenths) ? Level.SCARCE : Level.FREE;
	}

	/**
	 * Has someone called each time that memory grows while it is not free. The calls come
	 * from any thread, with locks held, and must only wake another thread.
	 * @param watcher is called
	 */
	public static void addWatcher(Runnable watcher) {
		watchers.add(watcher);
	}

	/**
	 * Ends the calls.
	 * @param watcher was called
	 */
	public static void removeWatcher(Runnable watcher) {
		watchers.remove(watcher);
	}

}
