package io.streams.buffer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.streams.buffer.MemoryBudget.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link MemoryBudget}.
 */
class MemoryBudgetTests {

	private static final int MIB = 1024 * 1024;

	private final List<SegmentQueue> queues = new ArrayList<>();

	private final long before = MemoryBudget.used();

	@AfterEach
	void giveBack() {
		this.queues.forEach(SegmentQueue::clear);
		MemoryBudget.resetLimit();
		// Connections of an earlier test may end only now.
		await().until(() -> MemoryBudget.used() <= this.before);
	}

	@Test
	void countsWhatQueuesHoldAndWhatIsReserved() {
		fill(MIB);
		assertThat(MemoryBudget.used() - this.before).isBetween(MIB - MIB / 16L, MIB + MIB / 16L);
		MemoryBudget.reserve(5000);
		assertThat(MemoryBudget.used() - this.before).isBetween(MIB - MIB / 16L, MIB + MIB / 16L + 5000);
		MemoryBudget.reserve(-5000);
		MemoryBudget.connectionOpened();
		long opened = MemoryBudget.used();
		MemoryBudget.connectionClosed();
		assertThat(opened - MemoryBudget.used()).isGreaterThanOrEqualTo(MemoryBudget.CONNECTION_BYTES);
	}

	/** In any order of appends, moves, reads and drops, what is used is what is held. */
	@Test
	void countsExactlyInAnyOrder() {
		long seed = System.nanoTime();
		System.out.println("MemoryBudgetTests: seed " + seed);
		Random random = new Random(seed);
		for (int i = 0; i < 8; i++) {
			this.queues.add(new SegmentQueue());
		}
		for (int i = 0; i < 3000; i++) {
			SegmentQueue queue = this.queues.get(random.nextInt(8));
			switch (random.nextInt(6)) {
				case 0, 1 -> queue.append(new byte[random.nextInt(40_000)], 0, 0, 0);
				case 2 -> queue.append(new byte[random.nextInt(40_000) + 1], 0, 1);
				case 3 -> queue.take((int) Math.min(queue.size(), random.nextInt(60_000)));
				case 4 -> queue.gather((int) queue.size() + 20_000);
				default -> moveToOther(queue, random);
			}
		}
		long size = this.queues.stream().mapToLong(SegmentQueue::size).sum();
		assertThat(MemoryBudget.used() - this.before).as("seed " + seed).isGreaterThanOrEqualTo(size);
	}

	private void moveToOther(SegmentQueue queue, Random random) {
		SegmentQueue other = this.queues.get(random.nextInt(8));
		if (other != queue) {
			queue.moveTo(other);
		}
	}

	@Test
	void levelFollowsWhatIsUsedAndComesBackLater() {
		long limit = 16 * (MIB + this.before);
		MemoryBudget.setLimit(limit);
		assertThat(MemoryBudget.level()).isEqualTo(Level.FREE);
		assertThat(MemoryBudget.scarceNanos(System.nanoTime())).isZero();
		fillUpTo(limit / 16 * 11);
		assertThat(MemoryBudget.level()).isEqualTo(Level.FREE);
		fillUpTo(limit / 16 * 13);
		assertThat(MemoryBudget.level()).isEqualTo(Level.SCARCE);
		assertThat(MemoryBudget.isHalfUsed()).isTrue();
		fillUpTo(limit + MIB);
		assertThat(MemoryBudget.level()).isEqualTo(Level.EXCEEDED);
		assertThat(MemoryBudget.isNearLimit()).isTrue();
		while (MemoryBudget.used() >= limit) {
			this.queues.removeLast().clear();
		}
		assertThat(MemoryBudget.update()).isEqualTo(Level.SCARCE);
		assertThat(MemoryBudget.scarceNanos(System.nanoTime())).isPositive();
		this.queues.forEach(SegmentQueue::clear);
		assertThat(MemoryBudget.update()).isEqualTo(Level.FREE);
	}

	@Test
	void shareIsAnEqualPartAndNeverNothing() {
		MemoryBudget.setLimit(this.before + 16 * MIB);
		long alone = MemoryBudget.share();
		for (int i = 0; i < 99; i++) {
			MemoryBudget.connectionOpened();
		}
		assertThat(MemoryBudget.share()).isBetween(alone / 120, alone / 90);
		MemoryBudget.setLimit(1);
		assertThat(MemoryBudget.share()).isEqualTo(4096);
		for (int i = 0; i < 99; i++) {
			MemoryBudget.connectionClosed();
		}
	}

	@Test
	void watchersAreCalledWhileMemoryGrowsAndIsScarce() {
		List<String> calls = new ArrayList<>();
		Runnable watcher = () -> calls.add("called");
		MemoryBudget.addWatcher(watcher);
		try {
			MemoryBudget.setLimit(16 * (MIB + this.before));
			fill(MIB);
			assertThat(calls).isEmpty();
			MemoryBudget.reserve(13 * (MIB + this.before));
			assertThat(calls).hasSize(1);
		}
		finally {
			MemoryBudget.removeWatcher(watcher);
			MemoryBudget.reserve(-13 * (MIB + this.before));
		}
	}

	@Test
	void limitMustBePositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> MemoryBudget.setLimit(0))
			.withMessageContaining("give more than 0");
	}

	private void fillUpTo(long used) {
		while (MemoryBudget.used() < used) {
			fill(64 * 1024);
		}
	}

	private void fill(int bytes) {
		SegmentQueue queue = new SegmentQueue();
		this.queues.add(queue);
		queue.append(new byte[bytes], 0, bytes);
	}

}
