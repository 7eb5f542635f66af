package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streams.loop.LoopThreads;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the log tells whoever looks for a mistake, as asyncio's debug mode does.
 *
 * @see AbandonedConnectionTests
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class DebugHelpTests {

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger connections = (Logger) LoggerFactory.getLogger(StreamConnection.class);

	private final Logger loops = (Logger) LoggerFactory.getLogger("io.streams.loop.LoopWatchdog");

	@BeforeEach
	void listen() {
		this.log.start();
		this.connections.setLevel(Level.DEBUG);
		this.connections.addAppender(this.log);
		this.loops.addAppender(this.log);
	}

	@AfterEach
	void listenNoMore() {
		this.connections.setLevel(null);
		this.connections.detachAppender(this.log);
		this.loops.detachAppender(this.log);
	}

	@Test
	void pausesAndResumesAreInTheDebugLogWithTheirConnection() throws IOException {
		try (StreamPair pair = StreamPair.create()) {
			StreamWriter writer = pair.left().writer();
			pair.right().reader().setLimit(1024);
			writer.write(new byte[200_000]);
			await().untilAsserted(() -> assertThat(messages())
				.containsExactlyInAnyOrder(pair.left() + " pauses writing", pair.right() + " pauses reading"));
			assertThat(pair.right().reader().readExactly(200_000)).hasSize(200_000);
			writer.drain();
			await().untilAsserted(() -> assertThat(messages()).contains(pair.left() + " resumes writing",
					pair.right() + " resumes reading"));
		}
	}

	/** While it is stuck, and not only afterwards as in asyncio. */
	@ParameterizedTest
	@EnumSource
	@ExpectedLog(value = "has been in one call", times = 1)
	void aHandlerThatBlocksTheLoopIsNamedWithItsStack(LoopThreads threads) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		try (TransportFactory transports = Streams.newTransports(TestLoops.of(1, threads));
				StreamServer server = Streams.startAsyncServer((reader, writer) -> blockTheLoop(release), "127.0.0.1",
						0, ServerOptions.builder().transports(transports).build());
				RawClient client = RawClient.connect(server.addresses().getFirst())) {
			await().atMost(Duration.ofSeconds(10)).until(() -> messages().size() == 1);
			assertThat(messages().getFirst()).contains("has been in one call for")
				.contains("do not block in an AsyncConnectionHandler")
				.contains("DebugHelpTests.blockTheLoop");
			release.countDown();
			assertThat(client.readToEnd()).isEmpty();
		}
	}

	private static CompletableFuture<Void> blockTheLoop(CountDownLatch release) {
		try {
			assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return CompletableFuture.completedFuture(null);
	}

	/** The loops run on virtual threads, which get no carrier then. */
	@Test
	@ExpectedLog(value = "other virtual threads hold all carriers", times = 1)
	void loopsThatGetNoCarrierAreSeenWithThoseThatHoldThem() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		TransportFactory loops = Streams.newTransports(TestLoops.of(2, LoopThreads.VIRTUAL));
		ServerOptions options = ServerOptions.builder().transports(loops).build();
		try (LogCapture log = new LogCapture(); StreamServer server = Streams.startServer((reader, writer) -> {
			reader.readLine();
			computeUntil(enough);
		}, "127.0.0.1", 0, options)) {
			List<RawClient> clients = new ArrayList<>();
			try {
				// Each has its own carrier at most.
				for (int i = 0; i < Runtime.getRuntime().availableProcessors() * 2; i++) {
					RawClient client = RawClient.connect(server.addresses().getFirst());
					clients.add(client);
					client.send("compute\n");
				}
				// A loop that sleeps when the last carrier goes is not starved: clients
				// keep it ready.
				await().atMost(Duration.ofSeconds(15)).until(() -> {
					clients.add(RawClient.connect(server.addresses().getFirst()));
					return !log.messagesWith("hold all carriers").isEmpty();
				});
				assertThat(log.messagesWith("hold all carriers").getFirst()).contains("streams-loop-",
						"The handlers that hold one: VirtualThread[", "computeUntil", "handler-threads=platform");
				assertThat(loops.loops()).anySatisfy(
						(loop) -> assertThat(Duration.ofNanos(loop.lagNanos())).isGreaterThan(Duration.ofSeconds(1)));
				await().atMost(Duration.ofSeconds(5))
					.until(() -> server.connections().stream().anyMatch(StreamConnection::isHandlerWaitingForCarrier));
			}
			finally {
				enough.set(true);
				for (RawClient client : clients) {
					client.close();
				}
			}
		}
		finally {
			loops.close();
		}
	}

	private static void computeUntil(AtomicBoolean enough) {
		while (!enough.get()) {
			Thread.onSpinWait();
		}
	}

	@Test
	@ExpectedLog(value = "has been in one turn", times = 1)
	void aHandlerThatComputesOnItsLoopIsNamedWithItsStack() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		try (TransportFactory transports = Streams.newTransports(TestLoops.of(1, LoopThreads.CARRIER));
				StreamServer server = Streams.startServer((reader, writer) -> compute(enough), "127.0.0.1", 0,
						ServerOptions.builder().name("primes").transports(transports).build());
				RawClient client = RawClient.connect(server.addresses().getFirst())) {
			await().atMost(Duration.ofSeconds(10)).until(() -> messages().size() == 1);
			assertThat(messages().getFirst()).contains("Event loop streams-loop-0 has been in one turn for")
				.contains("runs handler streams-primes")
				.contains("Hand the work to an executor")
				.contains("DebugHelpTests.compute");
			enough.set(true);
			assertThat(client.readToEnd()).isEmpty();
		}
	}

	private static void compute(AtomicBoolean enough) {
		while (!enough.get()) {
			Thread.onSpinWait();
		}
	}

	private List<String> messages() {
		return List.copyOf(this.log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

}
