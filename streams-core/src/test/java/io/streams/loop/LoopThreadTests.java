package io.streams.loop;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link LoopThread}. */
@Timeout(30)
class LoopThreadTests {

	private static final int ROUNDS = 20_000;

	/** Meets the loop while it is paused, and again to let it resume. */
	private final CyclicBarrier barrier = new CyclicBarrier(2);

	private final LinkedBlockingQueue<String> turns = new LinkedBlockingQueue<>();

	private LoopThread loop;

	@Test
	void resumesWhereNobodyTakesOver() throws Exception {
		this.loop = new LoopThread("loop", true, (successor) -> turns(2, true));
		this.loop.start();
		this.barrier.await();
		this.barrier.await();
		assertThat(this.loop.awaitEnd(TimeUnit.SECONDS.toNanos(5))).isTrue();
		assertThat(this.turns).containsExactly("virtual", "virtual");
	}

	@Test
	void platformThreadRunsTheLoopWhileTheVirtualOneIsAway() throws Exception {
		this.loop = new LoopThread("loop", true, (successor) -> turns(2, !successor));
		this.loop.start();
		this.barrier.await();
		this.loop.substitute();
		assertThat(this.loop.awaitEnd(TimeUnit.SECONDS.toNanos(5))).isTrue();
		Thread substitute = this.loop.current();
		assertThat(substitute.isVirtual()).isFalse();
		// The former thread comes back, and leaves.
		this.barrier.await();
		substitute.join(Duration.ofSeconds(5));
		assertThat(this.turns).containsExactly("virtual", "platform", "platform");
	}

	@Test
	void loopThatRunsIsNotTakenOver() throws Exception {
		this.loop = new LoopThread("loop", true, (successor) -> {
			meet();
			meet();
			turns(1, false);
		});
		this.loop.start();
		this.barrier.await();
		this.loop.substitute();
		this.barrier.await();
		assertThat(this.loop.awaitEnd(TimeUnit.SECONDS.toNanos(5))).isTrue();
		assertThat(this.turns).containsExactly("virtual");
	}

	@Test
	void loopThatFailsHasEnded() throws Exception {
		this.loop = new LoopThread("loop", false, (successor) -> {
			Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> this.turns.add(ex.getMessage()));
			throw new IllegalStateException("failed");
		});
		this.loop.start();
		assertThat(this.loop.awaitEnd(TimeUnit.SECONDS.toNanos(5))).isTrue();
		assertThat(this.turns.poll(5, TimeUnit.SECONDS)).isEqualTo("failed");
	}

	private void turns(int count, boolean meeting) {
		for (int i = 0; i < count; i++) {
			this.turns.add(Thread.currentThread().isVirtual() ? "virtual" : "platform");
			this.loop.pause();
			if (meeting && i == 0) {
				meet();
				meet();
			}
			this.loop.resume();
		}
	}

	private void meet() {
		try {
			this.barrier.await();
		}
		catch (InterruptedException | BrokenBarrierException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The counter has no guard but the loop's state. */
	@Test
	void oneThreadAtATimeRunsTheLoopWhoeverTakesOver() throws Exception {
		long seed = System.nanoTime();
		System.out.println("LoopThreadTests: seed " + seed);
		Random loopRandom = new Random(seed);
		Random random = new Random(seed + 1);
		AtomicInteger within = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		AtomicInteger successors = new AtomicInteger();
		int[] counter = new int[1];
		this.loop = new LoopThread("loop", true, (successor) -> {
			successors.addAndGet(successor ? 1 : 0);
			while (counter[0] < ROUNDS) {
				if (within.incrementAndGet() != 1) {
					overlaps.incrementAndGet();
				}
				counter[0]++;
				boolean away = loopRandom.nextInt(8) == 0;
				within.decrementAndGet();
				if (this.loop.canReturn()) {
					this.loop.giveBack();
				}
				this.loop.pause();
				if (away) {
					LockSupport.parkNanos(1000);
				}
				this.loop.resume();
			}
		});
		this.loop.start();
		while (!this.loop.awaitEnd(TimeUnit.MICROSECONDS.toNanos(random.nextInt(200)))) {
			this.loop.substitute();
		}
		assertThat(overlaps).hasValue(0);
		assertThat(counter[0]).isEqualTo(ROUNDS);
		assertThat(successors).hasPositiveValue();
	}

}
