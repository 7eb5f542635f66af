package io.streams.benchmarks;

import java.nio.file.Path;

import io.streams.benchmarks.contestant.Contestant;
import io.streams.benchmarks.report.Measurement;
import io.streams.benchmarks.report.Metric;
import io.streams.benchmarks.report.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A smoke test of the whole harness, too short to measure anything.
 */
class BenchmarkTests {

	@TempDir
	private Path output;

	@Test
	void measuresContestantsInTurnAndWritesTheResults() throws Exception {
		Report report = new Benchmark(BenchmarkOptions.parse("--workloads=echo-1x1", "--contestants=streams,raw-nio",
				"--baseline=raw-nio", "--rounds=1", "--turns=2", "--seconds=0.3", "--warmup=0.2", "--pin=false",
				"--output=" + this.output))
			.run();
		assertThat(report.failures()).isEmpty();
		assertThat(report.measurements()).extracting(Measurement::contestant)
			.containsExactly(Contestant.STREAMS.id(), Contestant.RAW_NIO.id(), Contestant.STREAMS.id(),
					Contestant.RAW_NIO.id());
		assertThat(report.measurements()).extracting(Measurement::turn).containsExactly(1, 1, 2, 2);
		assertThat(report.measurements()).allSatisfy((measurement) -> assertThat(measurement.values())
			.containsKeys(Metric.RATE, Metric.P99, Metric.SERVER_CPU, Metric.ALLOCATED)
			.hasEntrySatisfying(Metric.RATE, (rate) -> assertThat(rate).isPositive()));
		assertThat(this.output.resolve("results.md")).content().contains("| streams ");
		assertThat(this.output.resolve("results.json")).content().contains("\"contestant\": \"streams\"");
	}

	@Test
	void measuresTls() throws Exception {
		Report report = new Benchmark(BenchmarkOptions.parse("--workloads=tls-echo-64x16,tls-accept-close",
				"--contestants=streams,netty-nio,raw-nio", "--baseline=netty-nio", "--rounds=1", "--turns=1",
				"--seconds=2", "--warmup=0.2", "--pin=false", "--output=" + this.output))
			.run();
		assertThat(report.failures()).isEmpty();
		assertThat(report.measurements()).extracting(Measurement::contestant)
			.containsExactly("streams", "netty-nio", "streams", "netty-nio");
		assertThat(report.measurements()).allSatisfy((measurement) -> assertThat(measurement.values())
			.hasEntrySatisfying(Metric.RATE, (rate) -> assertThat(rate).isPositive()));
	}

}
