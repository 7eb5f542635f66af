package io.streams.spring.actuate;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;

import io.streams.CloseReason;
import io.streams.StreamConnection;
import io.streams.flow.LoopLock;
import io.streams.spring.server.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * Why the connections of a server ended: how many for each reason, and the last ones.
 * Never more than {@value #CAPACITY} of those: a new one drives out the oldest.
 */
final class ClosedConnections {

	static final int CAPACITY = 20;

	private final Lock lock = new LoopLock();

	/** Guarded by the lock. */
	private final Map<CloseReason, Long> counts = new EnumMap<>(CloseReason.class);

	/** The oldest first; guarded by the lock. */
	private final Deque<Entry> last = new ArrayDeque<>(CAPACITY);

	void add(StreamConnection connection, CloseReason reason, @Nullable IOException cause) {
		Entry entry = new Entry(System.currentTimeMillis(), connection.id(), connection.remoteAddress(), reason,
				(cause != null) ? cause.getClass().getSimpleName() : null);
		this.lock.lock();
		try {
			this.counts.merge(reason, 1L, Long::sum);
			if (this.last.size() == CAPACITY) {
				this.last.removeFirst();
			}
			this.last.addLast(entry);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** How many ended for each reason for which one did. */
	Map<String, Long> counts() {
		this.lock.lock();
		try {
			Map<String, Long> byText = new LinkedHashMap<>();
			this.counts.forEach((reason, count) -> byText.put(reason.text(), count));
			return byText;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The last ones, the latest first. */
	List<ClosedConnection> last() {
		List<Entry> entries;
		this.lock.lock();
		try {
			entries = new ArrayList<>(this.last);
		}
		finally {
			this.lock.unlock();
		}
		Collections.reverse(entries);
		return entries.stream().map(Entry::describe).toList();
	}

	/** What is kept; put into words when it is asked for. */
	private record Entry(long at, String id, @Nullable SocketAddress remoteAddress, CloseReason reason,
			@Nullable String error) {

		ClosedConnection describe() {
			return new ClosedConnection(Instant.ofEpochMilli(this.at), this.id,
					(this.remoteAddress != null) ? AddressText.of(this.remoteAddress) : null, this.reason.text(),
					this.error);
		}

	}

}
