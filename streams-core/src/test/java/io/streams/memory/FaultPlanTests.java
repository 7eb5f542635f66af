package io.streams.memory;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.streams.ConnectOptions;
import io.streams.ServerOptions;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.Streams;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.ConnectionResetException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Servers and clients under a {@link FaultPlan}.
 */
@Timeout(30)
class FaultPlanTests {

	private static final MemoryAddress NAME = MemoryAddress.of("server");

	private static final int ROUNDS = 60;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	@AfterEach
	void endThreads() {
		this.threads.shutdownNow();
	}

	/** Whatever a link does short of a reset, bytes arrive once and in order. */
	@Test
	void bytesArriveInOrderWhateverTheLinkDoes() throws Exception {
		long seed = Long.getLong("streams.seed", System.nanoTime());
		System.out.println("FaultPlanTests: -Dstreams.seed=" + seed);
		Random random = new Random(seed);
		for (int round = 0; round < ROUNDS; round++) {
			FaultPlan plan = randomPlan(random);
			byte[] payload = new byte[1 + random.nextInt(40_000)];
			random.nextBytes(payload);
			try (MemoryTransportFactory network = MemoryTransportFactory.builder()
				.chunk(1 + random.nextInt(5000))
				.receiveBuffer(random.nextBoolean() ? 0 : random.nextInt(10_000))
				.faults(plan)
				.build(); StreamServer server = echo(network); StreamConnection client = connect(network)) {
				assertThat(echoed(client, payload)).as("round %d, %s", round, plan).isEqualTo(payload);
				assertThat(server.isServing()).isTrue();
			}
		}
	}

	private static FaultPlan randomPlan(Random random) {
		FaultPlan.Builder plan = FaultPlan.builder()
			.seed(random.nextLong())
			.shortReads(random.nextInt(10) / 10.0)
			.shortWrites(random.nextInt(10) / 10.0)
			.tryAgain(random.nextInt(8) / 10.0)
			.acceptFailures(random.nextInt(4) / 10.0);
		if (random.nextInt(3) == 0) {
			plan.rate(1_000_000 + random.nextInt(10_000_000));
		}
		if (random.nextInt(3) == 0) {
			plan.delay(Duration.ofMillis(random.nextInt(4))).jitter(Duration.ofMillis(random.nextInt(4)));
		}
		return plan.build();
	}

	@Test
	void aConnectionResetsAtTheByteOfThePlan() throws Exception {
		try (MemoryTransportFactory network = network((plan) -> plan.resetAfter(10_000));
				StreamServer server = Streams.startServer((reader, writer) -> {
					writer.write(new byte[20_000]);
					writer.drain();
					reader.read();
				}, List.of(NAME), ServerOptions.builder().transports(network).build());
				StreamConnection client = connect(network)) {
			assertThat(client.reader().readExactly(10_000)).hasSize(10_000);
			assertThatThrownBy(() -> client.reader().read()).isInstanceOf(ConnectionResetException.class);
			await().until(() -> server.connections().isEmpty());
		}
	}

	@Test
	void bytesOfASlowLinkTakeTheirTime() throws Exception {
		long began = System.nanoTime();
		try (MemoryTransportFactory network = network((plan) -> plan.rate(100_000).delay(Duration.ofMillis(50)));
				StreamServer server = echo(network);
				StreamConnection client = connect(network)) {
			assertThat(echoed(client, new byte[10_000])).hasSize(10_000);
			assertThat(server.isServing()).isTrue();
		}
		// A tenth of a second to send and twice the delay; the echo's way overlaps the
		// request's.
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
	}

	@Test
	void socketsRunOutAndComeBack() throws Exception {
		try (MemoryTransportFactory network = network((plan) -> plan.maxSockets(3));
				StreamServer server = echo(network)) {
			try (StreamConnection client = connect(network)) {
				assertThat(echoed(client, new byte[100])).hasSize(100);
				assertThatThrownBy(() -> connect(network)).isInstanceOf(ConnectFailedException.class)
					.hasMessageContaining("Too many open files");
			}
			await().until(() -> server.connections().isEmpty());
			try (StreamConnection client = connect(network)) {
				assertThat(echoed(client, new byte[100])).hasSize(100);
			}
		}
	}

	@Test
	void valuesOutOfRangeAreRefused() {
		FaultPlan.Builder plan = FaultPlan.builder();
		for (Callable<?> wrong : List.<Callable<?>>of(() -> plan.shortReads(1), () -> plan.shortWrites(-0.1),
				() -> plan.tryAgain(Double.NaN), () -> plan.acceptFailures(2), () -> plan.resetAfter(0),
				() -> plan.rate(0), () -> plan.delay(Duration.ofMillis(-1)), () -> plan.jitter(Duration.ofMillis(-1)),
				() -> plan.maxSockets(0), () -> MemoryTransportFactory.builder().receiveBuffer(-1))) {
			assertThatIllegalArgumentException().isThrownBy(wrong::call).withMessageContaining(": give ");
		}
		assertThat(FaultPlan.builder().seed(7).build().seed()).isEqualTo(7);
	}

	private static MemoryTransportFactory network(UnaryOperator<FaultPlan.Builder> faults) {
		return MemoryTransportFactory.builder().faults(faults.apply(FaultPlan.builder()).build()).build();
	}

	private static StreamServer echo(MemoryTransportFactory network) throws IOException {
		return Streams.startServer((reader, writer) -> {
			for (byte[] some; (some = reader.read(5000)).length > 0;) {
				writer.write(some);
				writer.drain();
			}
		}, List.of(NAME), ServerOptions.builder().transports(network).build());
	}

	private static StreamConnection connect(MemoryTransportFactory network) throws IOException {
		return Streams.openConnection(NAME, ConnectOptions.builder().transports(network).build());
	}

	/** Sends and receives at once, as the echo stops reading while it cannot write. */
	private byte[] echoed(StreamConnection client, byte[] payload) throws Exception {
		Future<byte[]> received = this.threads.submit(() -> client.reader().readExactly(payload.length));
		int half = payload.length / 2;
		client.writer().write(Arrays.copyOf(payload, half));
		client.writer().drain();
		client.writer().write(Arrays.copyOfRange(payload, half, payload.length));
		client.writer().drain();
		return received.get(10, TimeUnit.SECONDS);
	}

}
