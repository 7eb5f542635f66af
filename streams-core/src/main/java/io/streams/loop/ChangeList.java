package io.streams.loop;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The transports that want their event loop's attention: bytes to flush, an interest to
 * change, a close to carry on. Any thread adds; the loop takes all at once. A transport
 * is linked at most once, by its own field, so that adding allocates nothing.
 */
final class ChangeList {

	private final AtomicReference<@Nullable SocketTransport> first = new AtomicReference<>();

	/**
	 * Adds a transport that is not in the list.
	 */
	void add(SocketTransport transport) {
		SocketTransport head;
		do {
			head = this.first.get();
			transport.setNextChanged(head);
		}
		while (!this.first.compareAndSet(head, transport));
	}

	boolean isEmpty() {
		return this.first.get() == null;
	}

	/**
	 * Takes all transports, linked by their next fields.
	 */
	@Nullable SocketTransport takeAll() {
		return (this.first.get() != null) ? this.first.getAndSet(null) : null;
	}

}
