package io.streams;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimitTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	/** Behind whatever the clock says, near the end of its range. */
	private static final long START = Long.MAX_VALUE - SECOND / 2;

	@Test
	void givesSoManyPermitsASecondAndCountsTheRest() {
		RateLimit limit = new RateLimit(2);
		assertThat(ask(limit, START, 5)).containsExactly(0L, 0L, -1L, -1L, -1L);
		assertThat(ask(limit, START + SECOND - 1, 1)).containsExactly(-1L);
		assertThat(ask(limit, START + SECOND, 3)).as("after the clock's overflow too").containsExactly(4L, 0L, -1L);
		assertThat(ask(limit, START + 10 * SECOND, 1)).containsExactly(1L);
	}

	@Test
	void neverGivesMoreWhoeverAsks() {
		RateLimit limit = new RateLimit(10);
		AtomicInteger given = new AtomicInteger();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			IntStream.range(0, 1000).forEach((i) -> threads.execute(() -> {
				if (limit.tryAcquire(START) >= 0) {
					given.incrementAndGet();
				}
			}));
		}
		assertThat(given).hasValue(10);
		assertThat(limit.tryAcquire(START + SECOND)).isEqualTo(990);
	}

	@Test
	void aReportSaysHowManyWereLeftOut() {
		assertThat(RateLimit.leftOut(0)).isEmpty();
		assertThat(RateLimit.leftOut(7)).isEqualTo(" (7 more such reports left out)");
	}

	private static List<Long> ask(RateLimit limit, long now, int times) {
		return LongStream.range(0, times).map((i) -> limit.tryAcquire(now)).boxed().toList();
	}

}
