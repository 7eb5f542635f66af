package io.streams.flow;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class FlowControlTests {

	private final List<Runnable> tasks = new ArrayList<>();

	private final FlowControl flow = new FlowControl(this.tasks::add);

	@Test
	void writersPassWhileNothingIsPaused() {
		assertThat(this.flow.state()).isEqualTo(FlowControl.State.FLOWING);
		assertThat(this.flow.whenResumed()).isCompleted();
		assertThat(this.flow.waiting()).isZero();
	}

	@Test
	void aResumeReleasesEverybodyWhoWaits() {
		this.flow.pauseWriting();
		assertThat(this.flow.isPaused()).isTrue();
		List<CompletableFuture<Void>> waiters = IntStream.range(0, 100)
			.mapToObj((i) -> this.flow.whenResumed())
			.toList();
		assertThat(this.flow.waiting()).isEqualTo(100);
		this.flow.resumeWriting();
		assertThat(this.flow.waiting()).isZero();
		assertThat(waiters).as("released by the executor").noneMatch(CompletableFuture::isDone);
		runTasks();
		assertThat(waiters).allSatisfy((waiter) -> assertThat(waiter).isCompleted());
	}

	@Test
	void waitersAreReleasedInTheirOrder() {
		this.flow.pauseWriting();
		List<Integer> order = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			int number = i;
			this.flow.whenResumed().thenRun(() -> order.add(number));
		}
		this.flow.resumeWriting();
		runTasks();
		assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	}

	@Test
	void aCancelledWaiterLeavesTheOthersAlone() {
		this.flow.pauseWriting();
		CompletableFuture<Void> cancelled = this.flow.whenResumed();
		CompletableFuture<Void> patient = this.flow.whenResumed();
		assertThat(cancelled.cancel(true)).isTrue();
		assertThat(this.flow.waiting()).isOne();
		this.flow.resumeWriting();
		runTasks();
		assertThat(patient).isCompleted();
		assertThat(cancelled).isCancelled();
	}

	@Test
	void whoeverCompletesOrCancelsAPassTouchesNobodyElses() {
		this.flow.whenResumed().cancel(true);
		this.flow.whenResumed().obtrudeException(new IOException("mine"));
		assertThat(this.flow.whenResumed()).isCompleted();
	}

	@Test
	void aLossInGoodOrderLetsWaitersGoNormally() {
		this.flow.pauseWriting();
		CompletableFuture<Void> waiter = this.flow.whenResumed();
		this.flow.connectionLost(null);
		runTasks();
		assertThat(waiter).isCompleted();
		assertThat(this.flow.state()).isEqualTo(FlowControl.State.LOST);
		assertThat(this.flow.isPaused()).isFalse();
		assertThat(this.flow.whenResumed()).isCompleted();
	}

	@Test
	void aLossByAnErrorFailsWaitersWithIt() {
		this.flow.pauseWriting();
		CompletableFuture<Void> waiter = this.flow.whenResumed();
		IOException cause = new IOException("gone");
		this.flow.connectionLost(cause);
		runTasks();
		assertThat(waiter).failsWithin(Duration.ZERO).withThrowableThat().withCause(cause);
		assertThat(this.flow.whenResumed()).as("who comes later").failsWithin(Duration.ZERO);
		assertThat(this.flow.waiting()).isZero();
	}

	@Test
	void theFirstLossCounts() {
		this.flow.connectionLost(null);
		this.flow.connectionLost(new IOException("later"));
		assertThat(this.flow.whenResumed()).isCompleted();
	}

	@Test
	void pausingTwiceIsRefused() {
		this.flow.pauseWriting();
		assertThatIllegalStateException().isThrownBy(this.flow::pauseWriting)
			.withMessageContaining("writing is already paused");
	}

	@Test
	void resumingWhatIsNotPausedIsRefused() {
		assertThatIllegalStateException().isThrownBy(this.flow::resumeWriting)
			.withMessageContaining("writing is not paused");
	}

	@Test
	void afterTheLossPausingAndResumingMeanNothing() {
		this.flow.connectionLost(null);
		this.flow.pauseWriting();
		this.flow.resumeWriting();
		assertThat(this.flow.state()).isEqualTo(FlowControl.State.LOST);
	}

	@Test
	void noWaiterIsForgottenWhenManyThreadsWaitAndOnePauses() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			FlowControl shared = new FlowControl(threads);
			AtomicBoolean running = new AtomicBoolean(true);
			List<Future<?>> waiting = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				boolean cancels = i % 4 == 0;
				waiting.add(threads.submit(() -> {
					for (int n = 0; n < 5000; n++) {
						CompletableFuture<Void> resumed = shared.whenResumed();
						if (!cancels || !resumed.cancel(true)) {
							resumed.get(10, TimeUnit.SECONDS);
						}
					}
					return null;
				}));
			}
			Future<?> pausing = threads.submit(() -> {
				while (running.get()) {
					shared.pauseWriting();
					Thread.yield();
					shared.resumeWriting();
				}
			});
			for (Future<?> each : waiting) {
				each.get(30, TimeUnit.SECONDS);
			}
			running.set(false);
			pausing.get();
			await().untilAsserted(() -> assertThat(shared.waiting()).isZero());
		}
	}

	private void runTasks() {
		this.tasks.forEach(Runnable::run);
		this.tasks.clear();
	}

}
