package io.streams.buffer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.streams.ModelCheck;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.streams.ModelCheck.join;
import static io.streams.ModelCheck.requireEqual;

/**
 * Model checks that no segment is in two hands, with Lincheck: a failure shows the
 * switches of threads that lead to it, and comes again in each run.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SegmentPoolConcurrencyTests {

	@Test
	void noSegmentIsInTwoHands() {
		SegmentPool pool = SegmentPool.assign();
		ModelCheck.explore("segment pool", 40, () -> {
			Segment[] given = { pool.take(1), pool.take(1) };
			pool.recycle(given[0]);
			pool.recycle(given[1]);
			List<Segment> one = new ArrayList<>();
			List<Segment> other = new ArrayList<>();
			Thread first = start(pool, one);
			Thread second = start(pool, other);
			join(first);
			join(second);
			one.addAll(other);
			one.add(pool.take(1));
			one.add(pool.take(1));
			requireEqual(distinct(one).size(), one.size(), "distinct segments");
			one.forEach(pool::recycle);
		});
	}

	private static Thread start(SegmentPool pool, List<Segment> held) {
		return ModelCheck.start(() -> {
			Segment first = pool.take(1);
			Segment second = pool.take(1);
			requireEqual(first.size() + second.size(), 0, "bytes in new segments");
			first.tail = 1;
			pool.recycle(first);
			held.add(second);
			held.add(pool.take(1));
		});
	}

	private static Set<Segment> distinct(List<Segment> segments) {
		Set<Segment> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
		distinct.addAll(segments);
		return distinct;
	}

}
