package io.streams.buffer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SegmentPoolTests {

	@Test
	void givesSmallSegmentsForFewBytesAndLargeOnesForMore() {
		SegmentPool pool = SegmentPool.assign();
		long before = SegmentPool.segmentsInUse();
		Segment small = pool.take(Segment.SMALL_BYTES);
		Segment large = pool.take(Segment.SMALL_BYTES + 1);
		assertThat(small.bytes).hasSize(Segment.SMALL_BYTES);
		assertThat(large.bytes).hasSize(Segment.LARGE_BYTES);
		assertThat(SegmentPool.segmentsInUse()).isEqualTo(before + 2);
		pool.recycle(small);
		pool.recycle(large);
		assertThat(SegmentPool.segmentsInUse()).isEqualTo(before);
	}

	@Test
	void whatIsGivenBackIsEmptyWhenItIsTakenAgain() {
		SegmentPool pool = SegmentPool.assign();
		Segment used = pool.take(1);
		used.head = 10;
		used.tail = 100;
		used.next = new Segment(1);
		pool.recycle(used);
		Segment again = pool.take(1);
		assertThat(again).isSameAs(used);
		assertThat(again.size()).isZero();
		assertThat(again.free()).isEqualTo(Segment.SMALL_BYTES);
		assertThat(again.next).isNull();
		pool.recycle(again);
	}

	@Test
	void retainsNoMoreThanItsBound() {
		SegmentPool pool = SegmentPool.assign();
		int bound = (int) (SegmentPool.MAX_POOLED_BYTES / 2 / Segment.LARGE_BYTES);
		List<Segment> taken = new ArrayList<>();
		for (int i = 0; i < 2 * bound; i++) {
			taken.add(pool.take(Segment.LARGE_BYTES));
		}
		taken.forEach(pool::recycle);
		Set<Segment> known = new HashSet<>(taken);
		List<Segment> again = new ArrayList<>();
		for (int i = 0; i < 2 * bound; i++) {
			again.add(pool.take(Segment.LARGE_BYTES));
		}
		assertThat(again.stream().filter(known::contains).count()).isLessThanOrEqualTo(bound);
		again.forEach(pool::recycle);
	}

	@Test
	void noSegmentIsEverInTwoHands() throws Exception {
		long before = SegmentPool.segmentsInUse();
		SegmentPool pool = SegmentPool.assign();
		try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				byte mark = (byte) i;
				running.add(threads.submit(() -> takeMarkCheckAndRecycle(pool, mark)));
			}
			for (Future<?> each : running) {
				each.get();
			}
		}
		assertThat(SegmentPool.segmentsInUse()).isEqualTo(before);
	}

	private static void takeMarkCheckAndRecycle(SegmentPool pool, byte mark) {
		List<Segment> held = new ArrayList<>();
		for (int round = 0; round < 100_000; round++) {
			Segment segment = pool.take(1);
			assertThat(segment.size()).isZero();
			segment.bytes[0] = mark;
			segment.tail = 1;
			held.add(segment);
			if (held.size() == 8) {
				for (Segment each : held) {
					if (each.bytes[0] != mark || each.tail != 1) {
						throw new AssertionError("somebody else wrote into a segment that was taken");
					}
					pool.recycle(each);
				}
				held.clear();
			}
		}
		held.forEach(pool::recycle);
	}

}
