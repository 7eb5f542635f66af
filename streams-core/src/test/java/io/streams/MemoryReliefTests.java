package io.streams;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.streams.buffer.MemoryBudget;
import io.streams.transport.MemoryExceededException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what happens to connections while the memory of all connections is scarce.
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class MemoryReliefTests {

	private static final int KIB = 1024;

	private final RecordingListener events = new RecordingListener();

	private final List<RawClient> clients = new ArrayList<>();

	@AfterEach
	void giveBack() throws IOException {
		MemoryBudget.resetLimit();
		for (RawClient client : this.clients) {
			client.close();
		}
	}

	@Test
	@ExpectedLog(value = "Memory for buffers is scarce", times = ExpectedLog.ANY)
	void connectionThatHoldsTheMostIsClosedAndItsReaderIsToldWhy() throws Exception {
		CompletableFuture<Throwable> told = new CompletableFuture<>();
		try (StreamServer server = serve((reader, writer) -> {
			try {
				reader.readLine();
			}
			catch (IOException ex) {
				told.complete(ex);
				throw ex;
			}
		})) {
			connect(server).send("x".repeat(60 * KIB));
			await().until(() -> this.events.bytesReceived() == 60 * KIB);
			MemoryBudget.setLimit(MemoryBudget.used());
			assertThat(told.get(10, TimeUnit.SECONDS)).isInstanceOf(MemoryExceededException.class)
				.hasMessageContaining("held 61440 bytes");
			await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.MEMORY)));
			await().until(() -> this.events.count("handlerFinished") == 1);
			assertThat(this.events.events("handlerFinished")).extracting(RecordingListener.Event::detail)
				.containsExactly(HandlerOutcome.DISCONNECTED);
			// New clients get in then.
			RawClient next = connect(server);
			next.send("hello\n");
			await().until(() -> this.events.count("handlerFinished") == 2);
		}
	}

	/**
	 * Connections of several loops are not read from while they hold more than their
	 * share. Each of them is read again, also those of loops that did nothing to free
	 * memory.
	 */
	@Test
	@ExpectedLog(value = "Memory for buffers is scarce", times = ExpectedLog.ANY)
	void connectionsThatWereHeldBackAreReadAgainWhenMemoryIsFree() throws Exception {
		int many = 6;
		CountDownLatch go = new CountDownLatch(1);
		try (StreamServer server = serve((reader, writer) -> {
			go.await();
			while (reader.read(8 * KIB).length > 0) {
				writer.connection();
			}
		})) {
			for (int i = 0; i < many; i++) {
				connect(server).send("x".repeat(20 * KIB));
			}
			await().until(() -> this.events.bytesReceived() == many * 20 * KIB);
			// Scarce, not exceeded, and for less than two seconds: so none is closed.
			MemoryBudget.reserve(8 * KIB * KIB);
			MemoryBudget.setLimit(MemoryBudget.used() + 200 * KIB);
			assertThat(MemoryBudget.level()).isEqualTo(MemoryBudget.Level.SCARCE);
			for (RawClient client : this.clients) {
				client.send("x".repeat(40 * KIB));
			}
			await().during(Duration.ofMillis(500))
				.atMost(Duration.ofSeconds(1))
				.until(() -> this.events.bytesReceived() < many * 60 * KIB);
			MemoryBudget.resetLimit();
			MemoryBudget.reserve(-8 * KIB * KIB);
			await().until(() -> this.events.bytesReceived() == many * 60 * KIB);
			go.countDown();
			for (RawClient client : this.clients) {
				client.shutdownOutput();
			}
			await().until(() -> this.events.count("handlerFinished") == many);
		}
	}

	@Test
	void newClientsWaitWhileMemoryIsScarce() throws Exception {
		try (StreamServer server = serve((reader, writer) -> writer.write(reader.readLine()))) {
			MemoryBudget.reserve(8 * KIB * KIB);
			try {
				MemoryBudget.setLimit(MemoryBudget.used() * 5 / 4);
				RawClient client = connect(server);
				client.send("hello\n");
				await().until(() -> server.snapshot().acceptPaused());
				assertThat(server.snapshot().activeConnections()).isZero();
				MemoryBudget.resetLimit();
				assertThat(client.readToEnd()).isEqualTo("hello\n");
			}
			finally {
				MemoryBudget.reserve(-8 * KIB * KIB);
			}
		}
	}

	private StreamServer serve(ConnectionHandler handler) throws IOException {
		ServerOptions options = ServerOptions.builder()
			.transports(TestNetwork.TRANSPORTS)
			.listener(this.events)
			.limit(64 * KIB)
			.build();
		return Streams.startServer(handler, "127.0.0.1", 0, options);
	}

	private RawClient connect(StreamServer server) throws IOException {
		RawClient client = RawClient.connect(server.addresses().getFirst());
		this.clients.add(client);
		return client;
	}

}
