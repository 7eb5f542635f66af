package io.streams;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.flow.WaterMarks;
import io.streams.loop.LoopThreads;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for event loops that are the carriers of their handlers.
 */
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class CarrierLoopTests {

	private final TransportFactory loops = Streams.newTransports(TestLoops.of(1, LoopThreads.CARRIER));

	private final ServerOptions options = ServerOptions.builder().transports(this.loops).build();

	@AfterEach
	void closeLoops() {
		this.loops.close();
	}

	@Test
	void aHandlerRunsOnItsLoopsThreadAndMayBlock() throws Exception {
		CompletableFuture<String> thread = new CompletableFuture<>();
		try (StreamServer server = Streams.startServer((reader, writer) -> {
			reader.readLine();
			thread.complete(Thread.currentThread().toString());
		}, "127.0.0.1", 0, this.options); RawClient client = RawClient.connect(server.addresses().getFirst())) {
			client.send("go\n");
			assertThat(thread.get(5, TimeUnit.SECONDS)).startsWith("VirtualThread[").endsWith("@streams-loop-0");
		}
	}

	/** They are given to the scheduler of the thread that starts them. */
	@Test
	void theVirtualThreadsThatAHandlerStartsRunToo() throws Exception {
		try (StreamServer server = Streams.startServer((reader, writer) -> {
			LongAdder sum = new LongAdder();
			try (ExecutorService children = Executors.newVirtualThreadPerTaskExecutor()) {
				CountDownLatch started = new CountDownLatch(10);
				for (int i = 1; i <= 10; i++) {
					int share = i;
					children.execute(() -> {
						started.countDown();
						awaitQuietly(started);
						sum.add(share);
					});
				}
			}
			writer.write((sum + "\n").getBytes(US_ASCII));
		}, "127.0.0.1", 0, this.options); RawClient client = RawClient.connect(server.addresses().getFirst())) {
			assertThat(client.readToEnd()).isEqualTo("55\n");
		}
	}

	@Test
	void aHandlerThatOnlyYieldsKeepsNobodyWaiting() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		CountDownLatch yielding = new CountDownLatch(1);
		try (StreamServer server = Streams.startServer((reader, writer) -> {
			if (new String(reader.readLine(), US_ASCII).equals("yield\n")) {
				yielding.countDown();
				while (!enough.get()) {
					Thread.yield();
				}
			}
			writer.write("done\n".getBytes(US_ASCII));
		}, "127.0.0.1", 0, this.options);
				RawClient busy = RawClient.connect(server.addresses().getFirst());
				RawClient other = RawClient.connect(server.addresses().getFirst())) {
			busy.send("yield\n");
			assertThat(yielding.await(5, TimeUnit.SECONDS)).isTrue();
			other.send("hello\n");
			assertThat(other.readToEnd()).isEqualTo("done\n");
			enough.set(true);
			assertThat(busy.readToEnd()).isEqualTo("done\n");
		}
	}

	/**
	 * The loop queues for a connection's lock behind a handler that nobody but the loop
	 * would run.
	 */
	@Test
	void aLoopThatWaitsBehindItsOwnHandlerIsRescued() throws Exception {
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		StreamListener holder = new StreamListener() {
			@Override
			public void writingPaused(StreamConnection connection) {
				// On the writer's thread, with the connection's lock held.
				held.countDown();
				awaitQuietly(release);
			}
		};
		CompletableFuture<StreamWriter> shared = new CompletableFuture<>();
		CompletableFuture<Thread> second = new CompletableFuture<>();
		ServerOptions listened = ServerOptions.builder()
			.transports(this.loops)
			.listener(holder)
			.waterMarks(new WaterMarks(1024, 1024 * 1024))
			.build();
		try (StreamServer server = Streams.startServer((reader, writer) -> {
			if (shared.complete(writer)) {
				reader.readLine();
				return;
			}
			reader.readLine();
			second.complete(Thread.currentThread());
			shared.join().write(new byte[1]);
		}, "127.0.0.1", 0, listened);
				RawClient first = RawClient.connect(server.addresses().getFirst());
				RawClient other = RawClient.connect(server.addresses().getFirst())) {
			StreamWriter writer = shared.get(5, TimeUnit.SECONDS);
			Thread writing = Thread.ofPlatform().start(() -> writer.write(new byte[8 * 1024 * 1024]));
			assertThat(held.await(5, TimeUnit.SECONDS)).isTrue();
			other.send("go\n");
			Thread handler = second.get(5, TimeUnit.SECONDS);
			await().until(() -> handler.getState() == Thread.State.WAITING);
			writer.transport().pauseReading();
			CompletableFuture<Void> turn = new CompletableFuture<>();
			writer.transport().loop().execute(() -> turn.complete(null));
			await().until(() -> isQueuedLoop() || turn.isDone());
			release.countDown();
			assertThat(writing.join(Duration.ofSeconds(10))).isTrue();
			assertThat(handler.join(Duration.ofSeconds(10))).isTrue();
			first.close();
			assertThat(other.readToEnd()).isEmpty();
		}
	}

	/**
	 * The loop has woken a handler, which is the next in the lock's queue, and then waits
	 * for the lock itself: only the loop would run that handler.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aLoopThatWaitsBehindAHandlerThatItHasWokenGoesOn(boolean shared) throws Exception {
		ReentrantLock lock = shared ? new LoopLock() : new ReentrantLock();
		CompletableFuture<StreamWriter> waiting = new CompletableFuture<>();
		CompletableFuture<Thread> handler = new CompletableFuture<>();
		CompletableFuture<Thread> loop = new CompletableFuture<>();
		CompletableFuture<Void> turn = new CompletableFuture<>();
		try (StreamServer server = Streams.startServer((reader, writer) -> {
			reader.readLine();
			handler.complete(Thread.currentThread());
			waiting.complete(writer);
			lock.lock();
			lock.unlock();
		}, "127.0.0.1", 0, this.options); RawClient client = RawClient.connect(server.addresses().getFirst())) {
			lock.lock();
			client.send("go\n");
			StreamWriter writer = waiting.get(5, TimeUnit.SECONDS);
			Thread queued = handler.get(5, TimeUnit.SECONDS);
			await().until(() -> queued.getState() == Thread.State.WAITING);
			writer.transport().loop().execute(() -> {
				LockSupport.unpark(queued);
				loop.complete(Thread.currentThread());
				lock.lock();
				lock.unlock();
				turn.complete(null);
			});
			Thread carrier = loop.get(5, TimeUnit.SECONDS);
			await().until(() -> isWaitingFor(lock, carrier));
			long released = System.nanoTime();
			lock.unlock();
			turn.get(10, TimeUnit.SECONDS);
			assertThat(queued.join(Duration.ofSeconds(10))).isTrue();
			assertThat(Duration.ofNanos(System.nanoTime() - released))
				.isLessThan(shared ? Duration.ofMillis(500) : Duration.ofSeconds(5));
		}
	}

	/** Whether a thread waits for a lock, for the moment or for good. */
	private static boolean isWaitingFor(ReentrantLock lock, Thread thread) {
		return lock.hasQueuedThread(thread) && thread.getState() != Thread.State.RUNNABLE;
	}

	private static boolean isQueuedLoop() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getKey().getName().equals("streams-loop-0") && Arrays.stream(entry.getValue())
				.anyMatch((frame) -> frame.getClassName().endsWith("ReentrantLock")));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void aHandlerThatWaitsForSomethingElseOutlivesItsLoop() throws Exception {
		CompletableFuture<String> signal = new CompletableFuture<>();
		CountDownLatch waiting = new CountDownLatch(1);
		CompletableFuture<String> outcome = new CompletableFuture<>();
		StreamServer server = Streams.startServer((reader, writer) -> {
			waiting.countDown();
			outcome.complete(signal.get());
		}, "127.0.0.1", 0, this.options);
		try (RawClient client = RawClient.connect(server.addresses().getFirst())) {
			assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
			server.close();
			this.loops.close();
			signal.complete("went on");
			assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo("went on");
		}
	}

}
