package io.streams.benchmarks.load;

/**
 * Counts of latencies in log-linear buckets: 64 of equal width in each doubling, so that
 * a value is known to 1.6 %. All of its memory is allocated at once.
 */
final class LatencyHistogram {

	private static final int SUB_BITS = 6;

	private static final int SUB_BUCKETS = 1 << SUB_BITS;

	/** Values up to 2^40 ns, eighteen minutes; what is larger counts as that. */
	private static final int MAX_BITS = 40;

	private final long[] counts = new long[(MAX_BITS - SUB_BITS + 1) * SUB_BUCKETS];

	private long total;

	void record(long nanos) {
		this.counts[index(Math.clamp(nanos, 0, (1L << MAX_BITS) - 1))]++;
		this.total++;
	}

	void clear() {
		java.util.Arrays.fill(this.counts, 0);
		this.total = 0;
	}

	long total() {
		return this.total;
	}

	/**
	 * The latency that a share of the values does not exceed.
	 * @param share the share, above 0 to 1
	 * @return nanoseconds, rounded up to the end of a bucket; 0 if there are no values
	 */
	long percentile(double share) {
		long wanted = (long) Math.ceil(share * this.total);
		long seen = 0;
		for (int i = 0; i < this.counts.length; i++) {
			seen += this.counts[i];
			if (seen >= wanted && seen > 0) {
				return highest(i);
			}
		}
		return 0;
	}

	private static int index(long nanos) {
		int exponent = Math.max(0, 63 - Long.numberOfLeadingZeros(nanos | 1) - SUB_BITS);
		// From the second doubling on the top bit of the mantissa is always set.
		return (exponent << SUB_BITS) + (int) (nanos >>> exponent);
	}

	private static long highest(int index) {
		if (index < 2 * SUB_BUCKETS) {
			return index;
		}
		int exponent = (index >> SUB_BITS) - 1;
		long mantissa = index - ((long) exponent << SUB_BITS);
		return ((mantissa + 1) << exponent) - 1;
	}

}
