package io.streams.loop;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * An object that any thread can ask its event loop to look at: a superclass, so that a
 * connection is its own request and its own link in the loop's {@link ChangeList}.
 *
 * <pre>
 *   NOT LISTED ──requestFlush, requestIteration──▶ LISTED
 *       ▲                                            │
 *       └───────takeRequest, by the event loop───────┘
 * </pre>
 *
 * A request to flush costs the loop nothing if the bytes have left by then. A request for
 * an iteration makes the loop look at everything.
 */
abstract class IterationRequest {

	private static final AtomicIntegerFieldUpdater<IterationRequest> LISTED = AtomicIntegerFieldUpdater
		.newUpdater(IterationRequest.class, "listed");

	private final EventLoop loop;

	/**
	 * 1 while this object is in the loop's change list. Any thread sets it, by a compare
	 * and set of {@link #LISTED}; the event loop clears it.
	 */
	private volatile int listed;

	/**
	 * Any thread sets this flag before it adds this object to the change list; the event
	 * loop clears the flag before it looks.
	 */
	private volatile boolean iterationRequested;

	/** Guarded by the change list that this object is in. */
	private @Nullable IterationRequest nextListed;

	IterationRequest(EventLoop loop) {
		this.loop = loop;
	}

	/** Returns the event loop that this object belongs to. Any thread. */
	public final EventLoop loop() {
		return this.loop;
	}

	/** Asks the loop to look at everything in its next iteration. Any thread. */
	final void requestIteration() {
		this.iterationRequested = true;
		requestFlush();
	}

	/** Asks the loop to send queued bytes in its next iteration. Any thread. */
	final void requestFlush() {
		if (this.listed == 0 && LISTED.compareAndSet(this, 0, 1)) {
			this.loop.addRequest(this);
		}
	}

	/**
	 * Allows new requests. Call it before {@link #runIteration} looks. Event loop only.
	 * @return whether more was requested than to flush
	 */
	final boolean takeRequest() {
		this.listed = 0;
		if (!this.iterationRequested) {
			return false;
		}
		this.iterationRequested = false;
		return true;
	}

	final void setNextListed(@Nullable IterationRequest next) {
		this.nextListed = next;
	}

	final @Nullable IterationRequest takeNextListed() {
		IterationRequest next = this.nextListed;
		this.nextListed = null;
		return next;
	}

	/**
	 * Does what other threads asked for. Event loop only.
	 * @return whether bytes were sent or the connection moved on
	 */
	abstract boolean runIteration();

}
