package io.streams.tls;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HandshakeTasks}.
 */
@Timeout(20)
class HandshakeTasksTests {

	private final HandshakeTasks tasks = new HandshakeTasks(2, TimeUnit.SECONDS.toNanos(60));

	private final CountDownLatch release = new CountDownLatch(1);

	@Test
	void olderHandshakesRunFirstAndOnlySoManyAtATime() throws Exception {
		List<Integer> order = Collections.synchronizedList(new ArrayList<>());
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		occupy(this.tasks);
		for (int began : List.of(5, 3, 9, 1, 7)) {
			assertThat(this.tasks.submit(new HandshakeTasks.Task(began, () -> {
				most.accumulateAndGet(running.incrementAndGet(), Math::max);
				order.add(began);
				running.decrementAndGet();
			}))).isFalse();
		}
		this.release.countDown();
		await().until(() -> order.size() == 5);
		assertThat(order.subList(0, 2)).containsExactlyInAnyOrder(1, 3);
		assertThat(order.subList(2, 4)).containsAnyOf(5, 7);
		assertThat(most.get()).isBetween(1, 2);
	}

	/** Such a task waits for a server, which may never answer. */
	@Test
	void taskThatTakesLongKeepsNoOtherWaiting() throws Exception {
		HandshakeTasks impatient = new HandshakeTasks(2, TimeUnit.MILLISECONDS.toNanos(1));
		occupy(impatient);
		CountDownLatch ran = new CountDownLatch(1);
		HandshakeTasks.Task task = new HandshakeTasks.Task(0, ran::countDown);
		impatient.submit(task);
		await().until(() -> {
			impatient.lookAgain();
			return task.isStarted();
		});
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
		this.release.countDown();
	}

	private void occupy(HandshakeTasks tasks) throws InterruptedException {
		CountDownLatch started = new CountDownLatch(2);
		for (int i = 0; i < 2; i++) {
			tasks.submit(new HandshakeTasks.Task(0, () -> {
				started.countDown();
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}));
		}
		assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
	}

}
