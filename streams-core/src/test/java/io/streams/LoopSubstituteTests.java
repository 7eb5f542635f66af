package io.streams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.streams.loop.LoopThreads;
import io.streams.transport.TransportFactory;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Loops whose virtual thread gets no carrier, because others compute. The loop's own
 * handler answers with the kind of its thread.
 */
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class LoopSubstituteTests {

	private static final int CLIENTS = 100;

	@Test
	@ExpectedLog(value = "other virtual threads hold all carriers", times = 1)
	void platformThreadServesTheConnectionsUntilThereIsACarrier() throws Exception {
		TransportFactory loops = Streams.newTransports(TestLoops.of(1, LoopThreads.VIRTUAL));
		ServerOptions options = ServerOptions.builder().transports(loops).build();
		AtomicBoolean enough = new AtomicBoolean();
		List<RawClient> clients = new ArrayList<>();
		try (StreamServer server = Streams.startAsyncServer(LoopSubstituteTests::answer, "127.0.0.1", 0, options)) {
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(RawClient.connect(server.addresses().getFirst()));
			}
			assertThat(askAll(clients)).containsOnly("virtual");
			List<Thread> computing = holdAllCarriers(enough);
			assertThat(askAll(clients)).containsOnly("platform");
			try (RawClient late = RawClient.connect(server.addresses().getFirst())) {
				assertThat(ask(late)).isEqualTo("platform");
			}
			clients.removeFirst().close();
			enough.set(true);
			for (Thread thread : computing) {
				assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
			}
			await().atMost(Duration.ofSeconds(5)).until(() -> !askAll(clients).contains("platform"));
			await().atMost(Duration.ofSeconds(5)).until(() -> server.connections().size() == clients.size());
		}
		finally {
			enough.set(true);
			for (RawClient client : clients) {
				client.close();
			}
			loops.close();
		}
	}

	private static CompletableFuture<?> answer(StreamReader reader, StreamWriter writer) {
		return Streams.repeat(() -> reader.readLineAsync().thenCompose((line) -> {
			String kind = Thread.currentThread().isVirtual() ? "virtual\n" : "platform\n";
			writer.write(kind.getBytes(StandardCharsets.US_ASCII));
			return writer.drainAsync().thenApply((done) -> line.length > 0);
		}));
	}

	/** As many as there can be carriers, with those that take a blocked one's place. */
	private static List<Thread> holdAllCarriers(AtomicBoolean enough) throws InterruptedException {
		List<Thread> threads = new ArrayList<>();
		CountDownLatch held = new CountDownLatch(Runtime.getRuntime().availableProcessors());
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			threads.add(Thread.ofVirtual().start(() -> {
				held.countDown();
				while (!enough.get()) {
					Thread.onSpinWait();
				}
			}));
		}
		assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
		return threads;
	}

	private static List<String> askAll(List<RawClient> clients) throws IOException {
		List<String> answers = new ArrayList<>();
		for (RawClient client : clients) {
			client.send("?\n");
		}
		for (RawClient client : clients) {
			answers.add(client.readLine());
		}
		return answers;
	}

	private static String ask(RawClient client) throws IOException {
		return askAll(List.of(client)).getFirst();
	}

}
