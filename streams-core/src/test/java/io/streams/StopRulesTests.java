package io.streams;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server's stop never cuts a message, and never looks like the peer's end to a read.
 */
class StopRulesTests extends NetworkFixture {

	private static final Duration GRACE = Duration.ofSeconds(30);

	/** Reads that wait, each with nothing but a part of what it needs. */
	enum Read {

		LINE {
			@Override
			void from(StreamReader reader) throws IOException {
				reader.readLine();
			}
		},

		EXACTLY {
			@Override
			void from(StreamReader reader) throws IOException {
				reader.readExactly(100);
			}
		},

		UNTIL {
			@Override
			void from(StreamReader reader) throws IOException {
				reader.readUntil(List.of("--".getBytes(StandardCharsets.US_ASCII), new byte[] { 0 }));
			}
		},

		ALL {
			@Override
			void from(StreamReader reader) throws IOException {
				reader.read();
			}
		},

		LINES {
			@Override
			void from(StreamReader reader) {
				for (byte[] line : reader.lines()) {
					assertThat(line).isNotNull();
				}
			}
		},

		SOME_IN_A_LOOP {
			@Override
			void from(StreamReader reader) throws IOException {
				while (reader.read(1000).length > 0) {
					assertThat(reader.atEof()).isFalse();
				}
			}
		},

		TRANSFER {
			@Override
			void from(StreamReader reader) throws IOException {
				reader.inputStream().transferTo(java.io.OutputStream.nullOutputStream());
			}
		},

		DATA {
			@Override
			void from(StreamReader reader) throws IOException {
				new DataInputStream(reader.inputStream()).readFully(new byte[100]);
			}
		},

		SKIP {
			@Override
			void from(StreamReader reader) throws IOException {
				reader.skipLine();
			}
		},

		ASYNCHRONOUS {
			@Override
			void from(StreamReader reader) {
				reader.readExactlyAsync(100).join();
			}
		};

		abstract void from(StreamReader reader) throws IOException;

	}

	@ParameterizedTest
	@EnumSource(Read.class)
	void aStopEndsAReadWithAnExceptionAfterTheQuietPeriod(Read read) throws Exception {
		this.network.with((options) -> options.quietPeriod(Duration.ofMillis(150)));
		StreamServer server = this.network.serve((reader, writer) -> read.from(reader));
		RawClient client = this.network.connectRaw(server);
		client.send("a part");
		await().until(() -> this.events.bytesReceived() == 6);
		Future<String> rest = readToEndAndClose(client);
		long started = System.nanoTime();
		assertThat(server.stop(GRACE)).isEqualTo(new StopReport(1, 0, 0, 0));
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(150),
				Duration.ofSeconds(20));
		assertThat(rest.get()).isEmpty();
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.STOPPED);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.SERVER_STOPPED);
	}

	@Test
	void aMessageThatIsReadInPiecesIsAnswered() throws Exception {
		CompletableFuture<StreamReader> headRead = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			while (reader.awaitInput()) {
				byte[] head = reader.readExactly(4);
				headRead.complete(reader);
				byte[] body = reader.readExactly(6);
				writer.write(head);
				writer.write(body);
			}
		});
		RawClient client = this.network.connectRaw(server);
		client.send("head");
		StreamReader reader = headRead.get(5, TimeUnit.SECONDS);
		await().until(() -> reader.toString().contains("waiting in readExactly"));
		Future<StopReport> stop = this.threads.submit(() -> server.stop(GRACE));
		await().until(() -> server.connections().iterator().next().isStopping());
		client.send("bo");
		client.send("dy..");
		assertThat(client.readToEnd()).isEqualTo("headbody..");
		client.close();
		assertThat(stop.get(10, TimeUnit.SECONDS)).isEqualTo(new StopReport(1, 0, 0, 0));
		assertThat(this.events.events("handlerFinished").getFirst().detail()).isEqualTo(HandlerOutcome.FINISHED);
	}

	@Test
	void eachByteStartsTheQuietPeriodAgain() throws Exception {
		Duration quiet = Duration.ofMillis(400);
		this.network.with((options) -> options.quietPeriod(quiet));
		StreamServer server = this.network.serve((reader, writer) -> writer.write(reader.readLine()));
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		Future<StopReport> stop = this.threads.submit(() -> server.stop(GRACE));
		await().until(() -> server.connections().iterator().next().isStopping());
		long started = System.nanoTime();
		StringBuilder sent = new StringBuilder();
		while (System.nanoTime() - started < 3 * quiet.toNanos()) {
			long before = System.nanoTime();
			await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - before > 20_000_000);
			client.send("x");
			sent.append("x");
		}
		client.send("\n");
		assertThat(client.readToEnd()).isEqualTo(sent + "\n");
		client.close();
		assertThat(stop.get(10, TimeUnit.SECONDS)).isEqualTo(new StopReport(1, 0, 0, 0));
	}

	@Test
	void theEndOfTheGracePeriodEndsAReadWhosePeerIsNotQuiet() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			try {
				reader.readExactly(1_000_000);
			}
			catch (IOException ex) {
				failure.complete(ex);
				writer.write("so far".getBytes(StandardCharsets.US_ASCII));
				throw ex;
			}
		});
		RawClient client = this.network.connectRaw(server);
		client.send("a part");
		await().until(() -> this.events.bytesReceived() == 6);
		Future<String> rest = readToEndAndClose(client);
		StopReport report = server.stop(Duration.ofMillis(200));
		assertThat(report.isGraceful()).isTrue();
		assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOf(ServerStoppingException.class)
			.hasMessageContaining("grace period is over");
		assertThat(rest.get(5, TimeUnit.SECONDS)).isIn("so far", "");
	}

	@Test
	void bytesThatArriveAfterAnEndedReadAreReadToo() throws Exception {
		this.network.with((options) -> options.quietPeriod(Duration.ofMillis(100)));
		CompletableFuture<byte[]> line = new CompletableFuture<>();
		CompletableFuture<Void> ended = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			try {
				reader.readLine();
			}
			catch (ServerStoppingException ex) {
				ended.complete(null);
				while (reader.buffered() < 7) {
					Thread.onSpinWait();
				}
				line.complete(reader.readLine());
			}
		});
		RawClient client = this.network.connectRaw(server);
		client.send("one ");
		await().until(() -> server.connections().size() == 1);
		Future<StopReport> stop = this.threads.submit(() -> server.stop(GRACE));
		ended.get(5, TimeUnit.SECONDS);
		client.send("two");
		client.send("\n");
		assertThat(line.get(5, TimeUnit.SECONDS)).asString(StandardCharsets.US_ASCII).isEqualTo("one two\n");
		client.close();
		assertThat(stop.get(10, TimeUnit.SECONDS).isGraceful()).isTrue();
	}

	@Test
	void awaitInputTellsOfBytesOfThePeersEndAndTakesNothing() throws Exception {
		CompletableFuture<List<Object>> seen = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader,
				writer) -> seen.complete(List.of(reader.awaitInput(), reader.buffered() > 0,
						new String(reader.read(), StandardCharsets.US_ASCII), reader.awaitInput(),
						reader.awaitInputAsync().join())));
		RawClient client = this.network.connectRaw(server);
		client.send("abc");
		client.close();
		assertThat(seen.get(5, TimeUnit.SECONDS)).containsExactly(true, true, "abc", false, false);
	}

	@Test
	void serveForeverWaitsForTheClients() throws Exception {
		CompletableFuture<Void> go = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			go.join();
			writer.write("the whole answer".getBytes(StandardCharsets.US_ASCII));
		});
		CompletableFuture<Void> served = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				server.serveForever();
				served.complete(null);
			}
			catch (InterruptedException | RuntimeException ex) {
				served.completeExceptionally(ex);
			}
		});
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		server.close();
		assertThat(server.state()).isEqualTo(ServerState.CLOSING);
		assertThat(served).isNotDone();
		go.complete(null);
		assertThat(client.readToEnd()).isEqualTo("the whole answer");
		client.close();
		served.get(5, TimeUnit.SECONDS);
		assertThat(server.state()).isEqualTo(ServerState.CLOSED);
	}

	private Future<String> readToEndAndClose(RawClient client) {
		return this.threads.submit(() -> {
			try (client) {
				return client.readToEnd();
			}
		});
	}

}
