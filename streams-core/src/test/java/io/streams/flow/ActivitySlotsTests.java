package io.streams.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ActivitySlotsTests {

	private static final long SLOT = TimeUnit.SECONDS.toNanos(5);

	@Test
	void agreeWithAListOfAllSlots() {
		for (int seed = 0; seed < 100; seed++) {
			Random random = new Random(seed);
			ActivitySlots slots = new ActivitySlots(2);
			Deque<long[]> all = new ArrayDeque<>();
			for (int i = 0; i < 200; i++) {
				// Few kinds of slots, so that runs come about
				long first = random.nextInt(1 + seed % 5) * SLOT / 5;
				long[] slot = { first, SLOT - first };
				slots.add(slot);
				all.addFirst(slot);
				assertSums(slots, all, 12, random.nextInt(11) / 10.0, seed);
				assertSums(slots, all, ActivitySlots.CAPACITY, random.nextInt(11) / 10.0, seed);
			}
		}
	}

	@Test
	void anActivityThatIsNewHadNothingOfTheSlotsBefore() {
		ActivitySlots slots = new ActivitySlots(1);
		slots.add(new long[] { SLOT });
		slots.add(new long[] { SLOT });
		slots.add(new long[] { SLOT / 5 });
		slots.add(new long[] { SLOT / 5, 0, 4 * SLOT / 5 });
		slots.add(new long[] { SLOT / 5, 0, 4 * SLOT / 5 });
		long[] sums = new long[4];
		slots.addTo(sums, ActivitySlots.CAPACITY, 1);
		assertThat(sums).containsExactly(2 * SLOT + 3 * SLOT / 5, 0, 8 * SLOT / 5, 0);
		long[] lastThree = new long[4];
		slots.addTo(lastThree, 3, 1);
		assertThat(lastThree).containsExactly(3 * SLOT / 5, 0, 8 * SLOT / 5, 0);
	}

	private static void assertSums(ActivitySlots slots, Deque<long[]> all, int count, double oldest, int seed) {
		long[] sums = { 1, 2 };
		slots.addTo(sums, count, oldest);
		double[] expected = { 1, 2 };
		int number = 0;
		for (long[] slot : all) {
			number++;
			if (number > count) {
				break;
			}
			double weight = (number == count) ? oldest : 1;
			expected[0] += weight * slot[0];
			expected[1] += weight * slot[1];
		}
		for (int i = 0; i < expected.length; i++) {
			assertThat((double) sums[i]).as("seed %s", seed).isCloseTo(expected[i], within(200.0));
		}
	}

}
