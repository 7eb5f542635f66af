package io.streams.memory;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

import org.jspecify.annotations.Nullable;

/**
 * A socket of a network in memory. After each change of its readiness the thread that
 * made it calls {@link #changed()}, without a lock of the network.
 */
abstract class MemorySocket implements PolledSocket {

	/** Written by the event loop once: who watches it. */
	private volatile @Nullable MemoryPoller poller;

	/** Written by the event loop. */
	private volatile @Nullable ReadyHandler handler;

	/** Written by the event loop: for what it is watched. */
	private volatile int interest;

	/** Event loop only: for what it was ready when it was last polled. */
	private int polledOperations;

	/**
	 * Event loop only: when it is looked at next; {@link Long#MAX_VALUE} if not planned.
	 */
	private long arrivalAt = Long.MAX_VALUE;

	/** Whether it is in the poller's queue. */
	private final AtomicBoolean queued = new AtomicBoolean();

	private final AtomicBoolean closed = new AtomicBoolean();

	/** For what it is ready now, whether or not it is watched for it. Any thread. */
	abstract int ready();

	/**
	 * When it may become ready by the passage of time alone. Any thread.
	 * @return a time in nanoseconds, or {@link Long#MAX_VALUE} if it will not
	 */
	long readyAt() {
		return Long.MAX_VALUE;
	}

	/** The interest has changed. Event loop only. */
	void interestChanged() {
	}

	/**
	 * Finds out for what the socket is ready.
	 * @return whether it is ready for anything. Event loop only
	 */
	boolean poll() {
		this.polledOperations = readyNow();
		return this.polledOperations != 0;
	}

	/**
	 * Notes when bytes arrive. Event loop only.
	 * @return whether the poller has to plan it: no earlier arrival is planned
	 */
	boolean planArrival(long at) {
		if (this.arrivalAt != Long.MAX_VALUE && this.arrivalAt - at <= 0) {
			return false;
		}
		this.arrivalAt = at;
		return true;
	}

	/** The time of a planned arrival has come. Event loop only. */
	void arrived() {
		this.arrivalAt = Long.MAX_VALUE;
	}

	/**
	 * Does what is left for the event loop.
	 * @return whether the poller is to look again in the next turn, ready or not
	 */
	boolean polled() {
		return false;
	}

	/** Lets go of what it has. Called once. */
	abstract void release();

	@Override
	public void register(Poller poller, int interest, ReadyHandler handler) {
		MemoryPoller watcher = (MemoryPoller) poller;
		this.handler = handler;
		this.interest = interest;
		this.poller = watcher;
		watcher.add(this);
		interestChanged();
		changed();
	}

	@Override
	public void setInterest(int interest) {
		if (this.poller != null && isOpen()) {
			this.interest = interest;
			interestChanged();
			changed();
		}
	}

	/** Whether it is watched for an operation. Any thread. */
	boolean isWatchedFor(int operation) {
		return (this.interest & operation) != 0;
	}

	/** Makes the poller check whether the socket is ready. Any thread. */
	void changed() {
		MemoryPoller poller = this.poller;
		if (poller != null && isOpen() && (readyNow() != 0 || readyAt() != Long.MAX_VALUE)) {
			poller.offer(this);
		}
	}

	/** Makes the poller look at the socket in its next turn. Any thread. */
	void requestPoll() {
		MemoryPoller poller = this.poller;
		if (poller != null && isOpen()) {
			poller.offer(this);
		}
	}

	/** Notes that it is in the poller's queue; answers whether it was not. */
	boolean enterQueue() {
		return this.queued.compareAndSet(false, true);
	}

	/** Allows the next change to put it into the queue again. */
	void leaveQueue() {
		this.queued.set(false);
	}

	@Override
	public ReadyHandler handler() {
		return Objects.requireNonNull(this.handler, "the socket is not registered");
	}

	/** The handler; {@code null} before the socket is registered. Any thread. */
	@Nullable ReadyHandler handlerIfAny() {
		return this.handler;
	}

	@Override
	public void setHandler(ReadyHandler handler) {
		this.handler = handler;
	}

	@Override
	public int readyOperations() {
		return isOpen() ? this.polledOperations : 0;
	}

	private int readyNow() {
		return isOpen() ? (ready() & this.interest) : 0;
	}

	@Override
	public boolean isOpen() {
		return !this.closed.get();
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			MemoryPoller poller = this.poller;
			if (poller != null) {
				poller.remove(this);
			}
			release();
		}
	}

}
