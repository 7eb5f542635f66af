package io.streams.loop;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The objects that request an iteration of their event loop: bytes to flush, an interest
 * to change, a close to carry on. Any thread adds; the loop takes all at once. An object
 * is linked at most once, by its own field, so that adding allocates nothing.
 */
final class ChangeList {

	private final AtomicReference<@Nullable IterationRequest> first = new AtomicReference<>();

	/**
	 * Adds a request that is not in the list.
	 */
	void add(IterationRequest request) {
		IterationRequest head;
		do {
			head = this.first.get();
			request.setNextListed(head);
		}
		while (!this.first.compareAndSet(head, request));
	}

	boolean isEmpty() {
		return this.first.get() == null;
	}

	/**
	 * Takes all requests, linked by their next fields.
	 */
	@Nullable IterationRequest takeAll() {
		return (this.first.get() != null) ? this.first.getAndSet(null) : null;
	}

}
