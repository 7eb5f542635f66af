package io.streams;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import io.streams.loop.LoopThreads;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/**
 * {@link Streams#repeat}: the loop of an asynchronous handler.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class RepeatTests {

	private static final int MILLION = 1_000_000;

	@Test
	void stepsThatCompleteAtOnceNeedNoStack() {
		AtomicInteger steps = new AtomicInteger();
		CompletableFuture<Void> result = Streams
			.repeat(() -> CompletableFuture.completedFuture(steps.incrementAndGet() < MILLION));
		assertThat(result).isCompletedWithValue(null);
		assertThat(steps).hasValue(MILLION);
	}

	@Test
	void stepsThatCompleteElsewhereKeepNothingOfThoseBefore() throws Exception {
		AtomicInteger steps = new AtomicInteger();
		List<WeakReference<Object>> futures = new ArrayList<>();
		CompletableFuture<Boolean> last = new CompletableFuture<>();
		try (ExecutorService elsewhere = Executors.newSingleThreadExecutor()) {
			CompletableFuture<Void> result = Streams.repeat(() -> {
				int step = steps.incrementAndGet();
				if (step == MILLION) {
					return last;
				}
				CompletableFuture<Boolean> future = CompletableFuture.supplyAsync(() -> true, elsewhere);
				if (step % 1000 == 0) {
					futures.add(new WeakReference<>(future));
				}
				return future;
			});
			await().atMost(Duration.ofSeconds(50)).until(() -> steps.get() == MILLION);
			assertThat(result).isNotDone();
			await().untilAsserted(() -> {
				System.gc();
				assertThat(futures).hasSize(MILLION / 1000 - 1).allMatch((future) -> future.refersTo(null));
			});
			last.complete(false);
			result.get(5, TimeUnit.SECONDS);
		}
	}

	@Test
	void memoryOfMillionMessagesIsThatOfOne() throws Exception {
		AtomicInteger steps = new AtomicInteger();
		try (StreamPair pair = StreamPair.create()) {
			StreamReader reader = pair.right().reader();
			CompletableFuture<Void> result = Streams.repeat(() -> reader.readExactlyAsync(1)
				.thenCompose((message) -> pair.right().writer().drainAsync())
				.thenApply((drained) -> steps.incrementAndGet() < MILLION));
			send(pair, MILLION / 4);
			await().until(() -> steps.get() == MILLION / 4);
			long before = heap();
			send(pair, MILLION * 3 / 4 - 1);
			await().atMost(Duration.ofSeconds(50)).until(() -> steps.get() == MILLION - 1);
			// A chain of futures would keep 88 MB of it.
			await().untilAsserted(() -> assertThat(heap() - before).isLessThan(8 * 1024 * 1024));
			assertThat(result).isNotDone();
			send(pair, 1);
			result.get(5, TimeUnit.SECONDS);
		}
	}

	private static void send(StreamPair pair, int bytes) throws Exception {
		StreamWriter writer = pair.left().writer();
		for (int sent = 0; sent < bytes; sent += 10_000) {
			writer.write(new byte[Math.min(10_000, bytes - sent)]);
			writer.drain();
		}
	}

	private static long heap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	@Test
	void failureOfStepEndsIt() {
		IllegalArgumentException failure = new IllegalArgumentException("failed");
		assertThat(Streams.repeat(() -> CompletableFuture.failedFuture(failure))).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.withCause(failure);
		assertThat(Streams.repeat(() -> {
			throw failure;
		})).failsWithin(Duration.ofSeconds(5)).withThrowableOfType(ExecutionException.class).withCause(failure);
		CompletableFuture<Boolean> later = new CompletableFuture<>();
		CompletableFuture<Void> result = Streams.repeat(() -> later.thenApply((another) -> another));
		later.completeExceptionally(failure);
		assertThat(result).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.withCause(failure);
	}

	@Test
	void nullIsRefusedWithTheWayOut() {
		assertThatNullPointerException().isThrownBy(() -> Streams.repeat(null)).withMessageContaining("step is null");
		assertThat(Streams.repeat(() -> null)).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.withMessageContaining("return a stage");
		assertThat(Streams.repeat(() -> CompletableFuture.completedFuture(null))).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.withMessageContaining("whether another step follows");
	}

	@Test
	void cancelCancelsTheStepThatRuns() {
		AtomicInteger steps = new AtomicInteger();
		CompletableFuture<Boolean> running = new CompletableFuture<>();
		CompletableFuture<Void> result = Streams.repeat(() -> {
			steps.incrementAndGet();
			return running;
		});
		assertThat(result.cancel(true)).isTrue();
		assertThat(running).isCancelled();
		assertThat(steps).hasValue(1);
	}

	@Test
	void timeoutOfResultCancelsTheStepThatRuns() {
		CompletableFuture<Boolean> running = new CompletableFuture<>();
		CompletableFuture<Void> result = Streams.repeat(() -> running).orTimeout(20, TimeUnit.MILLISECONDS);
		assertThat(result).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(TimeoutException.class);
		assertThat(running).isCancelled();
	}

	@Test
	void cancelDuringTheStartOfStepCancelsThatStep() {
		CompletableFuture<Boolean> first = new CompletableFuture<>();
		CompletableFuture<Boolean> second = new CompletableFuture<>();
		List<CompletionStage<Boolean>> stages = new ArrayList<>(List.of(first, second));
		List<CompletableFuture<Void>> result = new ArrayList<>();
		result.add(Streams.repeat(() -> {
			CompletionStage<Boolean> stage = stages.removeFirst();
			if (stage == second) {
				result.getFirst().cancel(true);
			}
			return stage;
		}));
		first.complete(true);
		assertThat(second).isCancelled();
		assertThat(result.getFirst()).isCancelled();
	}

	@Test
	void cancelledStepEndsIt() {
		CompletableFuture<Boolean> running = new CompletableFuture<>();
		CompletableFuture<Void> result = Streams.repeat(() -> running);
		running.cancel(true);
		assertThat(result).isCancelled();
	}

	/** Steps that never wait leave the other connections of their loop alone. */
	@ParameterizedTest
	@EnumSource
	void stepsThatCompleteAtOnceLetTheLoopGoOn(LoopThreads threads) throws Exception {
		CountDownLatch spinning = new CountDownLatch(1);
		CompletableFuture<Boolean> enough = new CompletableFuture<>();
		try (TransportFactory oneLoop = Streams.newTransports(TestLoops.of(1, threads));
				StreamServer server = Streams.startAsyncServer(
						(reader, writer) -> reader.readLineAsync()
							.thenCompose((line) -> line.length > 1 ? echo(writer, line) : spin(spinning, enough)),
						"127.0.0.1", 0, ServerOptions.builder().transports(oneLoop).build());
				RawClient spinner = RawClient.connect(server.addresses().getFirst());
				RawClient other = RawClient.connect(server.addresses().getFirst())) {
			spinner.send("\n");
			assertThat(spinning.await(5, TimeUnit.SECONDS)).isTrue();
			other.send("hello\n");
			assertThat(other.readLine()).isEqualTo("hello");
			enough.complete(true);
			assertThat(spinner.readToEnd()).isEmpty();
		}
	}

	private static CompletableFuture<Void> echo(StreamWriter writer, byte[] line) {
		assertThat(new String(line, US_ASCII)).endsWith("\n");
		writer.write(line);
		return writer.drainAsync();
	}

	private static CompletableFuture<Void> spin(CountDownLatch spinning, CompletableFuture<Boolean> enough) {
		spinning.countDown();
		return Streams.repeat(() -> CompletableFuture.completedFuture(!enough.isDone()));
	}

}
