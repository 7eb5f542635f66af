package io.streams.loop;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TimerQueueTests {

	private final TimerQueue timers = new TimerQueue();

	@Test
	void whatIsDueIsCalledInItsOrder() {
		List<Integer> called = new ArrayList<>();
		this.timers.schedule(30, (now) -> called.add(30));
		this.timers.schedule(10, (now) -> called.add(10));
		this.timers.schedule(20, (now) -> called.add(20)).cancel();
		assertThat(this.timers.expire(30)).isEqualTo(2);
		assertThat(called).containsExactly(10, 30);
		assertThat(this.timers.untilNext(30)).isEqualTo(-1);
	}

	/** Each connection that ends before its deadline leaves one. */
	@Test
	void cancelledTimersDoNotStayUntilTheirTime() {
		List<Integer> called = new ArrayList<>();
		this.timers.schedule(Long.MAX_VALUE / 2, (now) -> called.add(1));
		for (int i = 0; i < 100_000; i++) {
			this.timers.schedule(Long.MAX_VALUE / 4, (now) -> called.add(0)).cancel();
		}
		assertThat(this.timers.size()).isLessThan(200);
		assertThat(this.timers.untilNext(0)).isEqualTo(Long.MAX_VALUE / 2);
		this.timers.expire(Long.MAX_VALUE / 2);
		assertThat(called).containsExactly(1);
	}

	@Test
	void whatWasCalledOrCancelledTwiceIsCountedOnce() {
		for (int i = 0; i < 1_000; i++) {
			TimerQueue.Timer timer = this.timers.schedule(i, (now) -> {
			});
			this.timers.expire(i);
			timer.cancel();
			timer.cancel();
		}
		assertThat(this.timers.size()).isZero();
		this.timers.schedule(5_000, (now) -> {
		});
		assertThat(this.timers.untilNext(0)).isEqualTo(5_000);
	}

}
