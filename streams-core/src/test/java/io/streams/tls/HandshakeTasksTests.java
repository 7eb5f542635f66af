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

	private static final long NEVER_NANOS = TimeUnit.HOURS.toNanos(1);

	private final CountDownLatch release = new CountDownLatch(1);

	@Test
	void olderHandshakesRunFirst() throws Exception {
		HandshakeTasks tasks = new HandshakeTasks(1, NEVER_NANOS);
		List<Integer> order = Collections.synchronizedList(new ArrayList<>());
		occupy(tasks, 1);
		for (int began : List.of(5, 3, 9, 1, 7)) {
			assertThat(tasks.submit(new HandshakeTasks.Task(began, () -> order.add(began)))).isFalse();
		}
		this.release.countDown();
		await().until(() -> order.size() == 5);
		assertThat(order).containsExactly(1, 3, 5, 7, 9);
	}

	@Test
	void onlySoManyRunAtATime() {
		HandshakeTasks tasks = new HandshakeTasks(2, NEVER_NANOS);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger done = new AtomicInteger();
		for (int i = 0; i < 200; i++) {
			tasks.submit(new HandshakeTasks.Task(i, () -> {
				most.accumulateAndGet(running.incrementAndGet(), Math::max);
				Thread.yield();
				running.decrementAndGet();
				done.incrementAndGet();
			}));
		}
		await().until(() -> done.get() == 200);
		assertThat(most.get()).isBetween(1, 2);
	}

	@Test
	void withdrawnTaskLeavesTheQueueAndNeverRuns() throws Exception {
		HandshakeTasks tasks = new HandshakeTasks(1, NEVER_NANOS);
		List<String> ran = Collections.synchronizedList(new ArrayList<>());
		occupy(tasks, 1);
		HandshakeTasks.Task gone = new HandshakeTasks.Task(1, () -> ran.add("gone"));
		HandshakeTasks.Task stays = new HandshakeTasks.Task(2, () -> ran.add("stays"));
		tasks.submit(gone);
		tasks.submit(stays);
		tasks.withdraw(gone);
		assertThat(tasks.waiting()).isOne();
		assertThat(gone.isWaiting()).isFalse();
		this.release.countDown();
		await().until(() -> ran.contains("stays"));
		assertThat(ran).containsExactly("stays");
	}

	/** Such a task waits for a server, which may never answer. */
	@Test
	void taskThatTakesLongKeepsNoOtherWaiting() throws Exception {
		HandshakeTasks tasks = new HandshakeTasks(2, TimeUnit.MILLISECONDS.toNanos(1));
		occupy(tasks, 2);
		CountDownLatch ran = new CountDownLatch(1);
		HandshakeTasks.Task task = new HandshakeTasks.Task(0, ran::countDown);
		tasks.submit(task);
		await().until(() -> {
			tasks.lookAgain();
			return task.isStarted();
		});
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
		this.release.countDown();
	}

	private void occupy(HandshakeTasks tasks, int places) throws InterruptedException {
		CountDownLatch started = new CountDownLatch(places);
		for (int i = 0; i < places; i++) {
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
