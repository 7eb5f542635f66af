package io.streams.benchmarks;

import java.time.Duration;
import java.util.List;

import io.streams.benchmarks.contestant.Contestant;
import io.streams.benchmarks.workload.Workload;
import io.streams.benchmarks.workload.Workloads;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BenchmarkOptionsTests {

	@Test
	void takesEverythingByDefault() {
		BenchmarkOptions options = BenchmarkOptions.parse();
		assertThat(options.workloads()).isEqualTo(Workloads.all());
		assertThat(options.contestants()).containsExactly(Contestant.values());
		assertThat(options.baseline()).isEqualTo(Contestant.NETTY_EPOLL);
		assertThat(options.pinned()).isTrue();
	}

	@Test
	void takesWhatIsGivenInTheGivenOrder() {
		BenchmarkOptions options = BenchmarkOptions.parse("--workloads=idle,echo-64x16",
				"--contestants=netty-nio,streams", "--rounds=7", "--turns=9", "--seconds=0.5", "--pin=false",
				"--server-args=-Xlog:gc,-Xint");
		assertThat(options.workloads()).extracting(Workload::name).containsExactly("idle", "echo-64x16");
		assertThat(options.contestants()).containsExactly(Contestant.NETTY_NIO, Contestant.STREAMS);
		assertThat(options.rounds()).isEqualTo(7);
		assertThat(options.turns()).isEqualTo(9);
		assertThat(options.measured()).isEqualTo(Duration.ofMillis(500));
		assertThat(options.pinned()).isFalse();
		assertThat(options.serverArguments()).isEqualTo(List.of("-Xlog:gc", "-Xint"));
	}

	@Test
	void takesAnyNumberOfConnectionsAndLines() {
		List<Workload> workloads = BenchmarkOptions.parse("--workloads=echo-10x1,echo-10000x3").workloads();
		assertThat(workloads).extracting(Workload::connections).containsExactly(10, 10_000);
		assertThat(workloads).extracting(Workload::inFlight).containsExactly(1, 3);
		assertThatIllegalArgumentException().isThrownBy(() -> BenchmarkOptions.parse("--workloads=echo-0x1"))
			.withMessageStartingWith("'echo-0x1' is neither echo-CxN nor one of: echo-1x1, ");
	}

	@Test
	void saysWhatIsWrong() {
		assertThatIllegalArgumentException().isThrownBy(() -> BenchmarkOptions.parse("--contestants=nety"))
			.withMessageStartingWith("'nety' is none of: streams, ");
		assertThatIllegalArgumentException().isThrownBy(() -> BenchmarkOptions.parse("--round=3"))
			.withMessage("there is no option [round]");
		assertThatIllegalArgumentException().isThrownBy(() -> BenchmarkOptions.parse("streams"))
			.withMessageContaining("give --name=value");
	}

	@Test
	void helpNamesAllWorkloadsAndContestants() {
		assertThat(BenchmarkOptions.USAGE).contains(Workloads.all().stream().map(Workload::name).toList())
			.contains(Contestant.SPRING_INTEGRATION.id());
	}

}
