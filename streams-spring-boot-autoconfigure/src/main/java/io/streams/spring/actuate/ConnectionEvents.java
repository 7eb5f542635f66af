package io.streams.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Lock;

import io.streams.flow.LoopLock;

import org.jspecify.annotations.Nullable;

/**
 * The last events of one connection. Never more than {@value #CAPACITY}: a new one drives
 * out the oldest.
 */
final class ConnectionEvents {

	static final int CAPACITY = 20;

	private final Lock lock = new LoopLock();

	/** Guarded by the lock. */
	private final Queue<Entry> entries = new ArrayDeque<>(4);

	void add(String event) {
		add(event, null, null);
	}

	void add(String event, @Nullable Duration lasted, @Nullable String detail) {
		Entry entry = new Entry(System.currentTimeMillis(), event, lasted, detail);
		this.lock.lock();
		try {
			if (this.entries.size() == CAPACITY) {
				this.entries.remove();
			}
			this.entries.add(entry);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** A copy, the oldest first. */
	List<ConnectionEvent> list() {
		this.lock.lock();
		try {
			return this.entries.stream().map(Entry::toEvent).toList();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What is kept; put into words when it is asked for. */
	private record Entry(long at, String event, @Nullable Duration lasted, @Nullable String detail) {

		ConnectionEvent toEvent() {
			return new ConnectionEvent(Instant.ofEpochMilli(this.at), this.event,
					(this.lasted != null) ? Millis.of(this.lasted) : null, this.detail);
		}

	}

}
