package io.streams.spring.server;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * Ways for a virtual thread to keep its carrier for ever, whatever interrupts it.
 */
enum CarrierWork implements Runnable {

	/**
	 * A regular expression that backtracks, repeatedly. The text is so short that the
	 * stack has fewer than the 1024 frames that the JVM shows.
	 */
	REGULAR_EXPRESSION {

		@Override
		public void run() {
			Pattern pattern = Pattern.compile("(a|aa)+b");
			while (!pattern.matcher("a".repeat(60)).matches()) {
				Thread.onSpinWait();
			}
		}

	},

	/** A loop with a monitor held. */
	SYNCHRONIZED {

		@Override
		public void run() {
			Object monitor = new Object();
			synchronized (monitor) {
				while (true) {
					Thread.onSpinWait();
				}
			}
		}

	},

	/** A wait in a class initializer, which pins the thread as native code does. */
	CLASS_INITIALIZER {

		@Override
		public void run() {
			Blocked.BEGUN.countDown();
		}

	};

	/** Its initializer does not end. */
	private static final class Blocked {

		private static final CountDownLatch BEGUN = new CountDownLatch(1);

		static {
			while (BEGUN.getCount() > 0) {
				Thread.interrupted();
				LockSupport.park();
			}
		}

	}

}
