package io.streams.loop;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

/**
 * The end of an event loop.
 *
 * <pre>
 *   RUNNING ──request()──▶ REQUESTED ──start()──▶ STARTED ──complete()──▶ COMPLETE
 * </pre>
 *
 * Any thread requests the end and asks for the phase; the event loop does the rest.
 */
final class LoopTermination {

	private enum Phase {

		/** No thread has closed the loop. */
		RUNNING,

		/** The loop has not seen the request yet. */
		REQUESTED,

		/** The loop closes its sockets. */
		STARTED,

		/** The loop runs no more: its tasks run at once, on the thread that adds them. */
		COMPLETE

	}

	private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.RUNNING);

	/** Handlers that wait for a timer and have no socket now. Event loop only. */
	private final Set<ReadyHandler> waiting = new LinkedHashSet<>();

	/**
	 * Adds a handler that has no socket now, and must hear of the end. Event loop only.
	 */
	void addWaiting(ReadyHandler handler) {
		this.waiting.add(handler);
	}

	/** Event loop only. */
	void removeWaiting(ReadyHandler handler) {
		this.waiting.remove(handler);
	}

	void request() {
		this.phase.compareAndSet(Phase.RUNNING, Phase.REQUESTED);
	}

	boolean isRequested() {
		return this.phase.get() != Phase.RUNNING;
	}

	/** Whether the loop has seen the request. */
	boolean isStarted() {
		return this.phase.get().compareTo(Phase.STARTED) >= 0;
	}

	boolean isComplete() {
		return this.phase.get() == Phase.COMPLETE;
	}

	/**
	 * Starts the end. Event loop only.
	 * @return the handlers that must hear of it
	 */
	Set<ReadyHandler> start(Poller poller) {
		this.phase.set(Phase.STARTED);
		Set<ReadyHandler> handlers = new LinkedHashSet<>(this.waiting);
		handlers.addAll(poller.handlers());
		return handlers;
	}

	/** Event loop only. */
	void complete() {
		this.phase.set(Phase.COMPLETE);
	}

}
