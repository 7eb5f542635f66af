package io.streams.memory;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.streams.flow.LoopLock;
import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;

import org.jspecify.annotations.Nullable;

/**
 * Tells which sockets in memory are ready. A socket whose readiness may have changed is
 * put into a queue, and stays there for as long as it is ready. One whose bytes are still
 * on their way is looked at when they arrive.
 */
final class MemoryPoller implements Poller {

	private final MemorySockets network;

	private final Runnable wakeUp = this::wakeUp;

	private final ReentrantLock lock = new LoopLock();

	/** Guarded by {@link #lock}: sockets to look at. */
	private Queue<MemorySocket> queue = new ArrayDeque<>();

	/** Event loop only: those that the present turn looks at. */
	private Queue<MemorySocket> batch = new ArrayDeque<>();

	/** Event loop only: those to look at when a time has come. */
	private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>(Comparator.comparingLong(Arrival::at));

	/** Event loop only: those that are watched. */
	private final Set<MemorySocket> sockets = new HashSet<>();

	/** The thread that waits, or is about to. */
	private volatile @Nullable Thread waiting;

	/** Whether {@link #wakeUp()} was called since the last wait. */
	private volatile boolean woken;

	MemoryPoller(MemorySockets network) {
		this.network = network;
	}

	@Override
	public void poll(Consumer<PolledSocket> ready) {
		deliver(ready);
	}

	@Override
	public void await(long nanos, Consumer<PolledSocket> ready) {
		if (deliver(ready)) {
			this.woken = false;
			return;
		}
		this.waiting = Thread.currentThread();
		if (!this.woken && isQueueEmpty()) {
			park(nanos);
		}
		this.waiting = null;
		this.woken = false;
		deliver(ready);
	}

	private void park(long nanos) {
		long now = this.network.nanoTime();
		Arrival next = this.arrivals.peek();
		long wait = (nanos < 0) ? Long.MAX_VALUE : nanos;
		if (next != null) {
			wait = Math.min(wait, next.at() - now);
		}
		this.network.park(this, wait);
	}

	@Override
	public void wakeUp() {
		this.woken = true;
		Thread thread = this.waiting;
		if (thread != null) {
			LockSupport.unpark(thread);
		}
	}

	/** Wakes this poller, and is the same object each time. */
	Runnable wakeUpAction() {
		return this.wakeUp;
	}

	@Override
	public Collection<ReadyHandler> handlers() {
		return this.sockets.stream().map(MemorySocket::handler).toList();
	}

	@Override
	public void close() {
		this.network.closed(this);
		this.sockets.clear();
		this.arrivals.clear();
	}

	/** Event loop only. */
	void add(MemorySocket socket) {
		this.sockets.add(socket);
	}

	/** Event loop only. */
	void remove(MemorySocket socket) {
		this.sockets.remove(socket);
	}

	/** Puts a socket into the queue, and wakes the loop if it waits. Any thread. */
	void offer(MemorySocket socket) {
		if (enqueue(socket) && this.waiting != null) {
			wakeUp();
		}
	}

	private boolean enqueue(MemorySocket socket) {
		if (!socket.enterQueue()) {
			return false;
		}
		this.lock.lock();
		try {
			return this.queue.add(socket);
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isQueueEmpty() {
		this.lock.lock();
		try {
			return this.queue.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Looks at the sockets in the queue.
	 * @return whether one was ready
	 */
	private boolean deliver(Consumer<PolledSocket> ready) {
		enqueueArrived();
		takeQueue();
		boolean any = false;
		for (MemorySocket socket; (socket = this.batch.poll()) != null;) {
			// First, so that a change from now on is not lost.
			socket.leaveQueue();
			boolean again = socket.polled();
			if (socket.poll()) {
				any = true;
				again = true;
				ready.accept(socket);
			}
			else {
				planArrival(socket);
			}
			if (again) {
				enqueue(socket);
			}
		}
		return any;
	}

	private void takeQueue() {
		this.lock.lock();
		try {
			Queue<MemorySocket> taken = this.queue;
			this.queue = this.batch;
			this.batch = taken;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void planArrival(MemorySocket socket) {
		long at = socket.isOpen() ? socket.readyAt() : Long.MAX_VALUE;
		if (at != Long.MAX_VALUE && socket.planArrival(at)) {
			this.arrivals.add(new Arrival(at, socket));
		}
	}

	private void enqueueArrived() {
		if (this.arrivals.isEmpty()) {
			return;
		}
		long now = this.network.nanoTime();
		for (Arrival next; (next = this.arrivals.peek()) != null && next.at() - now <= 0;) {
			this.arrivals.remove();
			next.socket().arrived();
			enqueue(next.socket());
		}
	}

	/**
	 * Bytes on their way.
	 *
	 * @param at when they arrive, in nanoseconds of the network's clock
	 * @param socket where they arrive
	 */
	private record Arrival(long at, MemorySocket socket) {
	}

}
