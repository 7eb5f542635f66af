package io.streams.epoll;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches while virtual event loops sleep: one platform thread of the process, which
 * waits for all of their epoll instances, and unparks the loop of one that has something
 * to tell. Each is told of once for each time that its loop went to sleep.
 */
final class Sentinel implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(Sentinel.class);

	static final Sentinel INSTANCE = start();

	private final Epoll epoll;

	/** By the descriptors of their epoll instances. */
	private final Map<Integer, EpollPoller> pollers = new ConcurrentHashMap<>();

	private Sentinel(Epoll epoll) {
		this.epoll = epoll;
	}

	private static Sentinel start() {
		try {
			Sentinel sentinel = new Sentinel(new Epoll());
			Thread.ofPlatform().daemon().name("streams-epoll-sentinel").start(sentinel);
			return sentinel;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("could not open an epoll instance", ex);
		}
	}

	/**
	 * Watches a poller while its loop sleeps. Called by that loop.
	 * @param again whether it was watched before
	 */
	void watch(EpollPoller poller, boolean again) throws IOException {
		if (!again) {
			this.pollers.put(poller.epoll().descriptor(), poller);
		}
		this.epoll.watchOnce(poller.epoll(), again);
	}

	/** The poller is about to be closed, which has the system forget it. */
	void forget(EpollPoller poller) {
		this.pollers.remove(poller.epoll().descriptor());
	}

	@Override
	public void run() {
		while (true) {
			try {
				int count = this.epoll.await(-1);
				for (int i = 0; i < count; i++) {
					EpollPoller poller = this.pollers.get(this.epoll.descriptor(i));
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
