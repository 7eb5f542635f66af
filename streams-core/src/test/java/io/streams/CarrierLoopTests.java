package io.streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for event loops that are the carriers of their handlers.
 */
@ExtendWith(StreamsInvariants.class)
class CarrierLoopTests {

	private final TransportFactory loops = Streams.newTransports(new LoopOptions(1, LoopThreads.CARRIER));

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
