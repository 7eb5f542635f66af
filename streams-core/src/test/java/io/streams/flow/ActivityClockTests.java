package io.streams.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ActivityClockTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/** Windows are kept by slots of five seconds. */
	private static final Offset<Long> SLOT = Offset.offset(5 * SECOND + SECOND / 10);

	@Test
	void theTimesAddUpToTheAge() {
		ActivityClock clock = new ActivityClock(0);
		clock.enter(Activity.WAITING_FOR_PEER, SECOND);
		clock.enter(Activity.WRITE_BLOCKED, 3 * SECOND);
		clock.enter(Activity.WRITE_BLOCKED, 4 * SECOND);
		clock.enter(Activity.WAITING_FOR_PEER, 6 * SECOND);
		ActivityTimes times = clock.times(10 * SECOND);
		assertThat(times.current()).isEqualTo(Activity.WAITING_FOR_PEER);
		assertThat(times.currentNanos()).isEqualTo(4 * SECOND);
		assertThat(times.totals()).containsEntry(Activity.HANDLER_BUSY, SECOND)
			.containsEntry(Activity.WAITING_FOR_PEER, 6 * SECOND)
			.containsEntry(Activity.WRITE_BLOCKED, 3 * SECOND)
			.containsEntry(Activity.READ_PAUSED, 0L);
		assertThat(times.longest()).containsEntry(Activity.WAITING_FOR_PEER, 4 * SECOND)
			.containsEntry(Activity.WRITE_BLOCKED, 3 * SECOND);
		assertThat(ActivityTimes.share(times.totals(), Activity.WAITING_FOR_PEER)).isEqualTo(0.6);
	}

	@Test
	void whoeverLooksChangesNothing() {
		ActivityClock clock = new ActivityClock(0);
		clock.enter(Activity.WAITING_FOR_PEER, SECOND);
		clock.times(100 * SECOND);
		clock.enter(Activity.HANDLER_BUSY, 101 * SECOND);
		ActivityTimes times = clock.times(101 * SECOND);
		assertThat(times.totals()).containsEntry(Activity.WAITING_FOR_PEER, 100 * SECOND);
		assertThat(times.lastMinute().get(Activity.WAITING_FOR_PEER)).isCloseTo(60 * SECOND, SLOT);
		assertThat(times.lastFiveMinutes().get(Activity.WAITING_FOR_PEER)).isCloseTo(100 * SECOND, SLOT);
	}

	@Test
	void aConnectionThatIdlesForDaysIsMeasuredToo() {
		ActivityClock clock = new ActivityClock(0);
		clock.enter(Activity.WAITING_FOR_PEER, SECOND);
		long days = TimeUnit.DAYS.toNanos(3);
		clock.times(days);
		clock.enter(Activity.HANDLER_BUSY, days + SECOND);
		ActivityTimes times = clock.times(days + 2 * SECOND);
		assertThat(times.lastMinute().values()).allSatisfy((time) -> assertThat(time).isBetween(0L, 60 * SECOND));
		assertThat(times.lastMinute().get(Activity.WAITING_FOR_PEER)).isCloseTo(59 * SECOND, SLOT);
		assertThat(times.lastFiveMinutes().get(Activity.WAITING_FOR_PEER)).isCloseTo(299 * SECOND, SLOT);
		assertThat(times.longest().get(Activity.WAITING_FOR_PEER)).isEqualTo(days);
	}

	@Test
	void agreesWithASlowButSimpleClock() {
		for (int seed = 0; seed < 200; seed++) {
			Random random = new Random(seed);
			ActivityClock clock = new ActivityClock(7);
			List<long[]> entries = new ArrayList<>();
			entries.add(new long[] { 7, Activity.HANDLER_BUSY.ordinal() });
			long now = 7;
			for (int i = 0; i < 60; i++) {
				now += (long) (random.nextDouble() * (random.nextBoolean() ? 40 : 2) * SECOND);
				Activity activity = Activity.values()[random.nextInt(Activity.values().length)];
				clock.enter(activity, now);
				entries.add(new long[] { now, activity.ordinal() });
				if (random.nextInt(4) == 0) {
					now += random.nextInt(1_000_000_000);
					assertAgreement(clock.times(now), entries, now);
				}
			}
		}
	}

	private static void assertAgreement(ActivityTimes times, List<long[]> entries, long now) {
		for (Activity activity : Activity.values()) {
			assertThat(times.totals().get(activity)).isEqualTo(time(activity, entries, now, Long.MAX_VALUE));
			assertThat(times.lastMinute().get(activity)).isCloseTo(time(activity, entries, now, 60 * SECOND), SLOT);
			assertThat(times.lastFiveMinutes().get(activity)).isCloseTo(time(activity, entries, now, 300 * SECOND),
					SLOT);
		}
	}

	private static long time(Activity activity, List<long[]> entries, long now, long window) {
		long sum = 0;
		for (int i = 0; i < entries.size(); i++) {
			long from = (now - entries.get(i)[0] > window) ? now - window : entries.get(i)[0];
			long to = (i + 1 < entries.size()) ? entries.get(i + 1)[0] : now;
			if (entries.get(i)[1] == activity.ordinal()) {
				sum += Math.max(0, to - from);
			}
		}
		return sum;
	}

}
