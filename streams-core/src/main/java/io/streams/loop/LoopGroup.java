package io.streams.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.socket.SocketSystem;
import io.streams.transport.LoopStatistics;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of one factory. A loop is started when it is first needed.
 */
final class LoopGroup {

	private static final Logger logger = LoggerFactory.getLogger(LoopGroup.class);

	/** How long {@link #close()} waits for the loops to end, all together. */
	private static final long TERMINATION_NANOS = TimeUnit.SECONDS.toNanos(5);

	/**
	 * How long it waits for loops that do not begin to end: they are virtual threads and
	 * others hold all carriers, or they are stuck in a call.
	 */
	private static final long RESPONSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final ReentrantLock lock = new LoopLock();

	private final SocketSystem sockets;

	private final LoopThreads threads;

	/** Slots are filled under {@link #lock}, once each. */
	private final AtomicReferenceArray<@Nullable EventLoop> loops;

	/** Guarded by {@link #lock}; started with the first loop. */
	private @Nullable LoopWatchdog watchdog;

	/** Guarded by {@link #lock}: those that are open. */
	private final Set<SocketListener> listeners = new HashSet<>();

	/** Guarded by {@link #lock}. */
	private int next;

	/** Guarded by {@link #lock}. */
	private boolean closed;

	LoopGroup(SocketSystem sockets, LoopOptions options) {
		this.sockets = sockets;
		this.threads = options.threads().orFallback();
		this.loops = new AtomicReferenceArray<>(options.count());
		MemoryReserve.fill();
	}

	/**
	 * The loop whose turn it is to get a connection.
	 * @throws IllegalStateException if the group is closed
	 */
	EventLoop next() {
		this.lock.lock();
		try {
			refuseIfClosed();
			int index = this.next;
			this.next = (index + 1) % this.loops.length();
			EventLoop loop = this.loops.get(index);
			return (loop != null) ? loop : start(index);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held. */
	private void refuseIfClosed() {
		if (this.closed) {
			throw new IllegalStateException("the transport factory is closed: create a new one");
		}
	}

	/**
	 * Takes a listener in, to close it at the end.
	 * @throws IllegalStateException if the group is closed
	 */
	void add(SocketListener listener) {
		this.lock.lock();
		try {
			refuseIfClosed();
			this.listeners.add(listener);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The threads of all servers' handlers that run. */
	List<Thread> handlerThreads() {
		return openListeners().stream().flatMap((listener) -> listener.handlerThreads().stream()).distinct().toList();
	}

	/** Lets clients in that wait for memory. */
	void memoryIsFree() {
		openListeners().forEach(SocketListener::memoryIsFree);
	}

	private List<SocketListener> openListeners() {
		this.lock.lock();
		try {
			return List.copyOf(this.listeners);
		}
		finally {
			this.lock.unlock();
		}
	}

	void remove(SocketListener listener) {
		this.lock.lock();
		try {
			this.listeners.remove(listener);
		}
		finally {
			this.lock.unlock();
		}
	}

	private EventLoop start(int index) {
		try {
			EventLoop loop = new EventLoop(this, "streams-loop-" + index, this.threads, this.sockets);
			loop.start();
			this.loops.set(index, loop);
			if (this.watchdog == null) {
				this.watchdog = LoopWatchdog.start(this);
			}
			return loop;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("could not open a poller for an event loop", ex);
		}
	}

	boolean isLoop(Thread thread) {
		return loopOf(thread) != null;
	}

	/** The loop that the calling thread runs, if it is one of these. */
	@Nullable EventLoop current() {
		return loopOf(Thread.currentThread());
	}

	private @Nullable EventLoop loopOf(Thread thread) {
		for (int i = 0; i < this.loops.length(); i++) {
			EventLoop loop = this.loops.get(i);
			if (loop != null && loop.isThread(thread)) {
				return loop;
			}
		}
		return null;
	}

	List<LoopStatistics> statistics() {
		return started().stream().map(EventLoop::statistics).toList();
	}

	void close() {
		List<SocketListener> open;
		this.lock.lock();
		try {
			this.closed = true;
			open = List.copyOf(this.listeners);
			if (this.watchdog != null) {
				this.watchdog.close();
			}
		}
		finally {
			this.lock.unlock();
		}
		open.forEach(SocketListener::close);
		List<EventLoop> started = started();
		started.forEach(EventLoop::close);
		try {
			List<EventLoop> left = awaitTermination(started);
			if (!left.isEmpty()) {
				logger.warn("The event loops {} did not end, and their sockets may still be open: {}", left,
						"virtual threads that compute hold all carriers, or a call blocks the loop");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Waits for loops within a bound, and returns those that did not end. */
	private static List<EventLoop> awaitTermination(List<EventLoop> loops) throws InterruptedException {
		long began = System.nanoTime();
		List<EventLoop> left = new ArrayList<>();
		for (EventLoop loop : loops) {
			if (!loop.awaitTermination(RESPONSE_NANOS - (System.nanoTime() - began)) && !(loop.termination().isStarted()
					&& loop.awaitTermination(TERMINATION_NANOS - (System.nanoTime() - began)))) {
				left.add(loop);
			}
		}
		return left;
	}

	/** The loops that run. */
	List<EventLoop> started() {
		EventLoop[] all = new EventLoop[this.loops.length()];
		Arrays.setAll(all, this.loops::get);
		return Arrays.stream(all).filter(Objects::nonNull).toList();
	}

}
