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
final class Sentinel implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(Sentinel.class);

	/** Held while it is started. */
	private static final ReentrantLock STARTING = new LoopLock();

	/** By the descriptors of their epoll instances. */
	private static final Map<Integer, EpollPoller> POLLERS = new ConcurrentHashMap<>();

	/** Written once, under {@link #STARTING}. */
	private static volatile @Nullable Sentinel started;

	private final Epoll epoll;

	private Sentinel(Epoll epoll) {
		this.epoll = epoll;
	}

	/**
	 * The one of this process, started when a loop first sleeps.
	 * @throws IOException if the system has no descriptor for it; a later call may have
	 * one
	 */
	static Sentinel instance() throws IOException {
		Sentinel sentinel = started;
		return (sentinel != null) ? sentinel : start();
	}

	private static Sentinel start() throws IOException {
		STARTING.lock();
		try {
			Sentinel sentinel = started;
			if (sentinel == null) {
				sentinel = new Sentinel(new Epoll());
				Thread.ofPlatform().daemon().name("streams-epoll-sentinel").start(sentinel);
				started = sentinel;
			}
			return sentinel;
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
			logger.error("The sentinel of the event loops caught what nobody else did, and goes on", ex);
		}
		catch (Throwable unlogged) {
			// Neither a log that is full nor a want of memory may end it.
		}
	}

}
