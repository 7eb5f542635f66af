package io.streams.demo.traffic;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Says that it is time to stop, also to who is pausing.
 */
final class StopSignal {

	private final CountDownLatch stopped = new CountDownLatch(1);

	void give() {
		this.stopped.countDown();
	}

	boolean isGiven() {
		return this.stopped.getCount() == 0;
	}

	/**
	 * Pauses until the time is over or the signal is given.
	 * @param time how long
	 * @throws InterruptedException if the thread is interrupted
	 */
	void pause(Duration time) throws InterruptedException {
		boolean given = this.stopped.await(time.toNanos(), TimeUnit.NANOSECONDS);
		if (given) {
			throw new InterruptedException("stopped");
		}
	}

}
