package io.streams.loop;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;

/**
 * The sleep of an event loop without work: it ends when a socket is ready, a timer is
 * due, or another thread wakes the loop.
 * <p>
 * The loop announces the sleep, looks for work again, and only then waits: a thread that
 * adds work after that look finds the announcement, and wakes the loop.
 */
final class LoopSleep {

	private final LoopThread thread;

	private final Poller poller;

	/** Handles a socket that is ready at the end of a wait. Event loop only. */
	private final Consumer<PolledSocket> ready;

	/**
	 * {@code true} while the loop may wait for its sockets; the thread that clears it
	 * wakes the loop.
	 */
	private final AtomicBoolean announced = new AtomicBoolean();

	LoopSleep(LoopThread thread, Poller poller, ReadySockets sockets) {
		this.thread = thread;
		this.poller = poller;
		this.ready = (socket) -> {
			thread.resume();
			sockets.add(socket);
		};
	}

	/** Event loop only. */
	void announce() {
		this.announced.set(true);
	}

	/** Event loop only. */
	void end() {
		this.announced.set(false);
	}

	/**
	 * Waits, unless another thread has woken the loop since {@link #announce()}. Event
	 * loop only.
	 * @param nanos how long at most; below 0 for no bound
	 */
	void await(long nanos) throws IOException {
		this.thread.pause();
		try {
			this.poller.await(nanos, this.ready);
		}
		finally {
			this.thread.resume();
		}
	}

	/** Wakes the loop if it sleeps. Any thread. */
	void wakeUp() {
		if (this.announced.get() && this.announced.compareAndSet(true, false)) {
			this.poller.wakeUp();
		}
	}

}
