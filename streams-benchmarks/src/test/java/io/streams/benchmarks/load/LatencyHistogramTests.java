package io.streams.benchmarks.load;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LatencyHistogramTests {

	private final LatencyHistogram histogram = new LatencyHistogram();

	@Test
	void knowsEveryLatencyToTwoPercent() {
		for (long nanos = 1; nanos < 1L << 39; nanos += 1 + nanos / 3) {
			this.histogram.clear();
			this.histogram.record(nanos);
			assertThat(this.histogram.percentile(0.99)).isBetween(nanos, nanos + nanos / 50);
		}
	}

	@Test
	void findsPercentiles() {
		for (int i = 1; i <= 1000; i++) {
			this.histogram.record(i * 1000L);
		}
		assertThat(this.histogram.total()).isEqualTo(1000);
		assertThat(this.histogram.percentile(0.5)).isBetween(500_000L, 510_000L);
		assertThat(this.histogram.percentile(0.99)).isBetween(990_000L, 1_010_000L);
		assertThat(this.histogram.percentile(1)).isBetween(1_000_000L, 1_020_000L);
	}

	@Test
	void takesWhatIsOutOfRangeForTheNearest() {
		this.histogram.record(-5);
		assertThat(this.histogram.percentile(0.5)).isZero();
		this.histogram.clear();
		this.histogram.record(Long.MAX_VALUE);
		assertThat(this.histogram.percentile(0.5)).isEqualTo((1L << 40) - 1);
	}

	@Test
	void isZeroWhenEmpty() {
		assertThat(this.histogram.percentile(0.99)).isZero();
	}

}
