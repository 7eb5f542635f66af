package io.streams.loop;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.streams.socket.PolledSocket;
import io.streams.socket.Poller;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An event loop whose system fails it.
 */
@Timeout(10)
class EventLoopTests {

	/** It would take a processor, and fill the log. */
	@Test
	void aLoopWhosePollsFailTriesLessAndLessOften() throws Exception {
		AtomicInteger polls = new AtomicInteger();
		EventLoop loop = new EventLoop(null, "failing", LoopThreads.PLATFORM, new FailingSockets(polls));
		loop.start();
		// 1 + 2 + 4 + … + 256 ms
		await().until(() -> polls.get() == 9);
		long began = System.nanoTime();
		await().until(() -> polls.get() == 10);
		assertThat(System.nanoTime() - began).isGreaterThan(100_000_000);
		CountDownLatch ended = new CountDownLatch(1);
		loop.execute(ended::countDown);
		loop.close();
		ended.await();
		loop.awaitTermination(5_000);
		assertThat(polls.get()).isLessThan(15);
	}

	private static final class FailingSockets extends NoSockets {

		private final AtomicInteger polls;

		FailingSockets(AtomicInteger polls) {
			this.polls = polls;
		}

		@Override
		public Poller openPoller() {
			return new FailingPoller(this.polls);
		}

	}

	private static final class FailingPoller extends NoSockets.NothingReady {

		private final AtomicInteger polls;

		FailingPoller(AtomicInteger polls) {
			this.polls = polls;
		}

		@Override
		public void poll(Consumer<PolledSocket> ready) throws IOException {
			this.polls.incrementAndGet();
			throw new IOException("the system refuses");
		}

	}

}
