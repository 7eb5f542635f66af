package io.streams.epoll;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches while virtual event loops sleep: one platform thread of the process, which
 * waits for all of their epoll instances, and unparks the loop of one that has something
 * to tell. Each is told of once for each time that its loop went to sleep.
 */
final class WakeupThread implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(WakeupThread.class);

	/** Held while it is started. */
	private static final ReentrantLock STARTING = new LoopLock();

	/** By the descriptors of their epoll instances. */
	private static final Map<Integer, EpollPoller> POLLERS = new ConcurrentHashMap<>();

	/** Written once, under {@link #STARTING}. */
	private static volatile @Nullable WakeupThread started;

	private final Epoll epoll;

	private WakeupThread(Epoll epoll) {
		this.epoll = epoll;
	}

	/**
	 * The one of this process, started when a loop first sleeps.
	 * @throws IOException if the system has no descriptor for it; a later call may have
	 * one
	 */
	static WakeupThread instance() throws IOException {
		WakeupThread thread = started;
		return (thread != null) ? thread : start();
	}

	private static WakeupThread start() throws IOException {
		STARTING.lock();
		try {
			WakeupThread thread = started;
			if (thread == null) {
				thread = new WakeupThread(new Epoll());
				Thread.ofPlatform().daemon().name("streams-epoll-wakeup").start(thread);
				started = thread;
			}
			return thread;
		}
		finally {
			STARTING.unlock();
		}
	}

	/**
	 * Watches a poller while its loop sleeps. Called by that loop.
	 * @param again whether it was watched before
	 */
	void watch(EpollPoller poller, boolean again) throws IOException {
		if (!again) {
			POLLERS.put(poller.epoll().descriptor(), poller);
		}
		this.epoll.watchOnce(poller.epoll(), again);
	}

	/** The poller is about to be closed, which has the system forget it. */
	static void forget(EpollPoller poller) {
		POLLERS.remove(poller.epoll().descriptor());
	}

	@Override
	public void run() {
		while (true) {
			try {
				int count = this.epoll.await(-1);
				for (int i = 0; i < count; i++) {
					EpollPoller poller = POLLERS.get(this.epoll.descriptor(i));
					if (poller != null) {
						poller.somethingReady();
					}
				}
			}
			catch (Throwable ex) {
				survive(ex);
			}
		}
	}

	/** All loops of the process would sleep for ever without it. */
	private static void survive(Throwable ex) {
		try {
			logger.error("The wakeup thread of the event loops caught what nobody else did, and goes on", ex);
		}
		catch (Throwable unlogged) {
			// Neither a log that is full nor a want of memory may end it.
		}
	}

}
