package io.streams.spring.server;

import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the process alive while servers run: event loops and handlers are daemon threads,
 * so an application without a web server would end with its main method. Used by the
 * thread that starts and stops the application context only.
 */
final class KeepAlive {

	private @Nullable CountDownLatch released;

	void start() {
		CountDownLatch released = new CountDownLatch(1);
		this.released = released;
		Thread.ofPlatform().name("streams-await").daemon(false).start(() -> awaitRelease(released));
	}

	void stop() {
		if (this.released != null) {
			this.released.countDown();
			this.released = null;
		}
	}

	private static void awaitRelease(CountDownLatch released) {
		boolean waiting = true;
		while (waiting) {
			try {
				released.await();
				waiting = false;
			}
			catch (InterruptedException ex) {
				// Whoever interrupted means something else: the servers still run
			}
		}
	}

}
