package io.streams.buffer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * The segments that no queue needs at the moment.
 * <p>
 * There are a few pools, and every queue takes from and gives back to one of them for as
 * long as it lives, so that few threads meet at one pool and none runs dry while another
 * fills. A pool never waits: a thread that meets another one in it makes a new segment,
 * or leaves the one that it has to the garbage collector. All pools together retain at
 * most {@link #MAX_POOLED_BYTES}.
 */
public final class SegmentPool {

	/** Bytes that all pools together retain at the most: 8 MiB. */
	public static final long MAX_POOLED_BYTES = 8L * 1024 * 1024;

	private static final SegmentPool[] POOLS = createPools();

	private static final AtomicInteger nextPool = new AtomicInteger();

	/** Beside its bytes: the segment itself, the view of it, and the array's header. */
	private static final int OVERHEAD_BYTES = 112;

	/** Those in use that were taken, less those given back, past a stack. */
	private static final LongAdder inUsePast = new LongAdder();

	/** The bytes of those. */
	private static final LongAdder bytesPast = new LongAdder();

	private final Stack large;

	private final Stack small;

	private SegmentPool(long maxBytes) {
		long half = maxBytes / 2;
		this.large = new Stack(Segment.LARGE_BYTES, (int) (half / Segment.LARGE_BYTES));
		this.small = new Stack(Segment.SMALL_BYTES, (int) (half / Segment.SMALL_BYTES));
	}

	private static SegmentPool[] createPools() {
		int count = Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16));
		SegmentPool[] pools = new SegmentPool[count];
		for (int i = 0; i < count; i++) {
			pools[i] = new SegmentPool(MAX_POOLED_BYTES / count);
		}
		return pools;
	}

	/**
	 * The pool for a new queue.
	 */
	static SegmentPool assign() {
		return POOLS[nextPool.getAndIncrement() & (POOLS.length - 1)];
	}

	/**
	 * How many segments are in the hands of queues: 0 when nothing is buffered anywhere.
	 * @return the number of segments
	 */
	public static long segmentsInUse() {
		long inUse = inUsePast.sum();
		for (SegmentPool pool : POOLS) {
			inUse += pool.small.inUse() + pool.large.inUse();
		}
		return inUse;
	}

	/**
	 * How many bytes of the heap segments take that are in the hands of queues.
	 * @return bytes, with what a segment takes beside its bytes
	 */
	static long bytesInUse() {
		long bytes = bytesPast.sum();
		for (SegmentPool pool : POOLS) {
			bytes += pool.small.bytesInUse() + pool.large.bytesInUse();
		}
		return bytes;
	}

	/** Counts a segment that no stack counts, negative if it is given back. */
	private static void countPast(int segments, int capacity) {
		inUsePast.add(segments);
		bytesPast.add((long) segments * (capacity + OVERHEAD_BYTES));
	}

	/** The heap grows by a segment. */
	private static Segment newSegment(int capacity) {
		Segment segment = new Segment(capacity);
		MemoryBudget.grown();
		return segment;
	}

	/**
	 * An empty segment, a large one if more than a small one's bytes are to come.
	 */
	Segment take(long bytesToCome) {
		return ((bytesToCome > Segment.SMALL_BYTES) ? this.large : this.small).pop();
	}

	/** An empty segment that is not pooled, and counts as one in use until recycled. */
	static Segment takeOversized(int capacity) {
		Segment segment = new Segment(capacity);
		countPast(1, capacity);
		MemoryBudget.grown();
		return segment;
	}

	void recycle(Segment segment) {
		if (segment.isOversized()) {
			countPast(-1, segment.bytes.length);
			return;
		}
		segment.head = 0;
		segment.tail = 0;
		segment.next = null;
		(segment.isLarge() ? this.large : this.small).push(segment);
	}

	/**
	 * A bounded stack. Its top is taken out for the time of an operation, so that whoever
	 * finds {@link #BUSY} in its place goes without. It is put back by a release, which
	 * costs nothing: nobody waits for it.
	 */
	private static final class Stack {

		private static final Segment BUSY = new Segment(0);

		private final AtomicReference<@Nullable Segment> top = new AtomicReference<>();

		private final int segmentBytes;

		private final int maxDepth;

		/** Those that were taken, less those given back. Changed while the top is out. */
		private long inUse;

		Stack(int segmentBytes, int maxDepth) {
			this.segmentBytes = segmentBytes;
			this.maxDepth = maxDepth;
		}

		Segment pop() {
			Segment first = this.top.getAndSet(BUSY);
			if (first == BUSY) {
				Segment past = newSegment(this.segmentBytes);
				countPast(1, this.segmentBytes);
				return past;
			}
			if (first == null) {
				return grow();
			}
			this.inUse++;
			this.top.setRelease(first.next);
			first.next = null;
			return first;
		}

		/** Makes one, while the top is out. */
		private Segment grow() {
			Segment segment;
			try {
				segment = new Segment(this.segmentBytes);
				this.inUse++;
			}
			finally {
				// Also without memory for it: a stack that stays busy pools nothing.
				this.top.setRelease(null);
			}
			MemoryBudget.grown();
			return segment;
		}

		void push(Segment segment) {
			Segment first = this.top.getAndSet(BUSY);
			if (first == BUSY) {
				countPast(-1, this.segmentBytes);
				return;
			}
			this.inUse--;
			int depth = (first != null) ? first.depth + 1 : 1;
			if (depth > this.maxDepth) {
				this.top.setRelease(first);
				return;
			}
			segment.depth = depth;
			segment.next = first;
			this.top.setRelease(segment);
		}

		long bytesInUse() {
			return inUse() * (this.segmentBytes + OVERHEAD_BYTES);
		}

		/** As it was when the top was last put back, or a little later. */
		long inUse() {
			this.top.getAcquire();
			return this.inUse;
		}

	}

}
