package io.streams.demo.cache.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Keys and their values. Every method but {@link #atomically} must be called within it: a
 * command sees nobody else's half-done work, as in Redis, where one thread does all.
 * <p>
 * Keys that expired are never seen. They are removed when they are met, and a few of them
 * on every {@link #atomically}, so that those nobody asks for do not stay.
 */
public final class Keyspace {

	/** The deadline of a key that does not expire. */
	public static final long NEVER = Long.MAX_VALUE;

	/** How many expired keys a command removes on its way. */
	static final int EVICTIONS_PER_CALL = 20;

	/** Bytes that a key costs beside its own and its value's, about. */
	static final int KEY_OVERHEAD = 96;

	private final ReentrantLock lock = new ReentrantLock();

	/** A monotonic clock in milliseconds. */
	private final LongSupplier clock;

	/** Guarded by {@link #lock}. */
	private final Map<Bytes, Entry> entries = new HashMap<>();

	/** Guarded by {@link #lock}: what expires, the next one first. */
	private final TreeSet<Entry> expiring = new TreeSet<>();

	/** Guarded by {@link #lock}. */
	private long used;

	/** Guarded by {@link #lock}: tells entries of the same deadline apart. */
	private long entryCount;

	/**
	 * Create an empty keyspace.
	 * @param clock a monotonic clock in milliseconds, which starts at 0
	 */
	public Keyspace(LongSupplier clock) {
		this.clock = clock;
	}

	/**
	 * Does something while nobody else does.
	 * @param work what to do
	 * @param <T> the type of the result
	 * @return its result
	 */
	public <T> T atomically(Supplier<T> work) {
		this.lock.lock();
		try {
			evictExpired();
			return work.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	public @Nullable Value find(Bytes key) {
		Entry entry = live(key);
		return (entry != null) ? entry.value : null;
	}

	/**
	 * Looks a value of a known type up.
	 * @param key its key
	 * @param type its type
	 * @param <V> its type
	 * @return the value, or {@code null}
	 * @throws WrongTypeException if the key holds something else
	 */
	public <V extends Value> @Nullable V find(Bytes key, Class<V> type) {
		Value value = find(key);
		return (value != null) ? cast(value, type) : null;
	}

	/**
	 * Changes a value of a known type. A key whose value ends up empty goes.
	 * @param key its key
	 * @param type its type
	 * @param initial makes the value if the key has none
	 * @param change changes the value
	 * @param <V> the value's type
	 * @param <T> the type of the result
	 * @return the change's result
	 * @throws WrongTypeException if the key holds something else
	 */
	public <V extends Value, T> T change(Bytes key, Class<V> type, Supplier<V> initial, Function<V, T> change) {
		Entry entry = live(key);
		V value = (entry != null) ? cast(entry.value, type) : initial.get();
		T result = change.apply(value);
		if (entry != null) {
			settle(entry);
		}
		else if (!value.isEmpty()) {
			put(key, value, NEVER);
		}
		return result;
	}

	/**
	 * Sets a value in place of any other.
	 * @param key its key
	 * @param value the value
	 * @param deadline when it expires by the clock, or {@link #NEVER}
	 */
	public void put(Bytes key, Value value, long deadline) {
		setDeadline(place(key, value), deadline);
	}

	/**
	 * Sets a value in place of any other, and leaves alone when the key expires.
	 * @param key its key
	 * @param value the value
	 */
	public void replace(Bytes key, Value value) {
		live(key);
		place(key, value);
	}

	/**
	 * Removes a key.
	 * @param key the key
	 * @return whether it was there
	 */
	public boolean remove(Bytes key) {
		Entry entry = live(key);
		if (entry != null) {
			remove(entry);
		}
		return entry != null;
	}

	/**
	 * When a key expires.
	 * @param key the key
	 * @return the deadline by the clock, or {@link #NEVER} also if there is no such key
	 */
	public long deadline(Bytes key) {
		Entry entry = live(key);
		return (entry != null) ? entry.deadline : NEVER;
	}

	/**
	 * Changes when a key expires.
	 * @param key the key
	 * @param deadline the deadline by the clock, or {@link #NEVER}
	 * @return whether there is such a key
	 */
	public boolean expireAt(Bytes key, long deadline) {
		Entry entry = live(key);
		if (entry != null) {
			setDeadline(entry, deadline);
		}
		return entry != null;
	}

	/**
	 * Lists the keys that match a pattern.
	 * @param pattern the pattern
	 * @return the keys
	 */
	public List<byte[]> keys(Glob pattern) {
		long now = now();
		List<byte[]> matching = new ArrayList<>();
		for (Entry entry : this.entries.values()) {
			if (entry.deadline > now && pattern.matches(entry.key.array())) {
				matching.add(entry.key.array());
			}
		}
		return matching;
	}

	public void clear() {
		this.entries.clear();
		this.expiring.clear();
		this.used = 0;
	}

	public int size() {
		return this.entries.size();
	}

	/**
	 * How many keys have a deadline.
	 * @return the number of keys
	 */
	public int expiringKeys() {
		return this.expiring.size();
	}

	/**
	 * What keys and values cost.
	 * @return bytes, about
	 */
	public long used() {
		return this.used;
	}

	/**
	 * The present time.
	 * @return milliseconds of the monotonic clock
	 */
	public long now() {
		return this.clock.getAsLong();
	}

	private @Nullable Entry live(Bytes key) {
		Entry entry = this.entries.get(key);
		if (entry == null || entry.deadline == NEVER || entry.deadline > now()) {
			return entry;
		}
		remove(entry);
		return null;
	}

	private Entry place(Bytes key, Value value) {
		Entry entry = this.entries.get(key);
		if (entry == null) {
			entry = new Entry(key, value, this.entryCount++);
			this.entries.put(key, entry);
		}
		entry.value = value;
		weigh(entry);
		return entry;
	}

	private void settle(Entry entry) {
		if (entry.value.isEmpty()) {
			remove(entry);
		}
		else {
			weigh(entry);
		}
	}

	private void weigh(Entry entry) {
		long weight = KEY_OVERHEAD + entry.key.length() + entry.value.weight();
		this.used += weight - entry.weight;
		entry.weight = weight;
	}

	private void remove(Entry entry) {
		this.entries.remove(entry.key);
		this.used -= entry.weight;
		setDeadline(entry, NEVER);
	}

	private void setDeadline(Entry entry, long deadline) {
		if (entry.deadline != NEVER) {
			this.expiring.remove(entry);
		}
		entry.deadline = deadline;
		if (deadline != NEVER) {
			this.expiring.add(entry);
		}
	}

	private void evictExpired() {
		if (this.expiring.isEmpty()) {
			return;
		}
		long now = now();
		for (int i = 0; i < EVICTIONS_PER_CALL && !this.expiring.isEmpty(); i++) {
			Entry next = this.expiring.first();
			if (next.deadline > now) {
				return;
			}
			remove(next);
		}
	}

	private static <V extends Value> V cast(Value value, Class<V> type) {
		if (!type.isInstance(value)) {
			throw new WrongTypeException(value, type);
		}
		return type.cast(value);
	}

	/** A key with its value; guarded by {@link Keyspace#lock}. */
	private static final class Entry implements Comparable<Entry> {

		private final Bytes key;

		private Value value;

		private final long sequence;

		/** Changes only while the entry is not among those that expire. */
		private long deadline = NEVER;

		/** What the keyspace counts for it. */
		private long weight;

		Entry(Bytes key, Value value, long sequence) {
			this.key = key;
			this.value = value;
			this.sequence = sequence;
		}

		@Override
		public int compareTo(Entry other) {
			int byDeadline = Long.compare(this.deadline, other.deadline);
			return (byDeadline != 0) ? byDeadline : Long.compare(this.sequence, other.sequence);
		}

		@Override
		public boolean equals(Object object) {
			return this == object;
		}

		@Override
		public int hashCode() {
			return Long.hashCode(this.sequence);
		}

	}

}
