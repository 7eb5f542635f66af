package io.streams;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.streams.buffer.SegmentPool;
import io.streams.flow.WaterMarks;
import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.LoopStatistics;
import io.streams.loop.LoopThreads;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportState;
import io.streams.transport.WriteBufferOverflowException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Peers that break off, fall silent or flood, and the traps of the JDK on that way.
 */
@Tag("slow")
@Tag("sockets")
@Timeout(10)
class FaultTests extends NetworkFixture {

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final ConnectionHandler ECHO = (reader, writer) -> {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	};

	private final CountDownLatch done = new CountDownLatch(1);

	@AfterEach
	void letHandlersEnd() {
		this.done.countDown();
	}

	@Test
	void aResetDuringAReadFailsItAsAReset() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			assertThat(text(reader.readLine())).isEqualTo("line\n");
			failure.complete(failureOf(reader::readLine));
		}));
		client.send("line\n");
		await().until(() -> this.events.bytesReceived() == 5);
		client.reset();
		assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOf(ConnectionResetException.class);
		awaitClosed(CloseReason.RESET, Duration.ofSeconds(1));
	}

	@Test
	void aResetIsNeverTakenForTheHandlersEnd() throws Exception {
		int connections = 300;
		StreamServer server = this.network.serve(ECHO);
		for (int i = 0; i < connections; i++) {
			RawClient client = this.network.connectRaw(server);
			client.send("x\n");
			assertThat(client.readLine()).isEqualTo("x");
			client.reset();
		}
		await().until(() -> this.events.count("closed") == connections);
		assertThat(Collections.frequency(this.events.closeReasons(), CloseReason.RESET)).isEqualTo(connections);
		assertThat(this.events.events("handlerFinished")).extracting(RecordingListener.Event::detail)
			.containsOnly(HandlerOutcome.DISCONNECTED);
	}

	@Test
	void aResetThatAnIteratorOrAFutureTellsOfIsNoFailureOfTheHandler() throws Exception {
		StreamServer iterating = this.network.serve((reader, writer) -> {
			for (byte[] line : reader.lines()) {
				writer.write(line);
			}
		});
		StreamServer getting = this.network.serve((reader, writer) -> {
			writer.write(reader.readLine());
			try {
				reader.readLineAsync().get();
			}
			catch (ExecutionException ex) {
				throw new CompletionException(ex);
			}
		});
		for (StreamServer server : List.of(iterating, getting)) {
			RawClient client = this.network.connectRaw(server);
			client.send("x\n");
			assertThat(client.readLine()).isEqualTo("x");
			client.reset();
		}
		await().until(() -> this.events.count("closed") == 2 && this.events.count("handlerFinished") == 2);
		assertThat(this.events.closeReasons()).containsOnly(CloseReason.RESET);
		assertThat(this.events.events("handlerFinished")).hasSize(2)
			.allSatisfy((event) -> assertThat(event.detail()).isEqualTo(HandlerOutcome.DISCONNECTED))
			.allSatisfy((event) -> assertThat(event.cause()).isInstanceOf(ConnectionResetException.class));
	}

	@Test
	void aResetDuringADrainFailsIt() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			failure.complete(failureOf(() -> writeForEver(writer)));
		}));
		awaitDrainWaiter();
		client.reset();
		assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOf(ConnectionResetException.class);
		awaitClosed(CloseReason.RESET, Duration.ofSeconds(1));
	}

	/** A poll tells of a thousand sockets at the most. */
	@Test
	void aResetIsNoticedBehindMoreThanAThousandConnectionsThatAreNotRead() throws Exception {
		int connections = 1_100;
		try (TransportFactory oneLoop = Streams.newTransports(TestLoops.of(1, LoopThreads.VIRTUAL))) {
			this.network.with((options) -> options.limit(1).transports(oneLoop).backlog(connections));
			StreamServer server = this.network.serve((reader, writer) -> this.done.await());
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < connections; i++) {
				RawClient client = this.network.connectRaw(server);
				client.send("123");
				clients.add(client);
			}
			await().until(() -> this.events.count("readingPaused") == connections);
			clients.getLast().reset();
			awaitClosed(CloseReason.RESET, Duration.ofSeconds(5));
			this.done.countDown();
		}
	}

	@Test
	void aResetIsNoticedWhileReadingIsPausedAndWhatWasReceivedCanStillBeRead() throws Exception {
		CompletableFuture<byte[]> received = new CompletableFuture<>();
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.network.with((options) -> options.limit(100));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			this.done.await();
			received.complete(reader.readExactly(300));
			failure.complete(failureOf(() -> reader.readExactly(1)));
		}));
		client.send(Payload.random(5, 300));
		await().until(() -> this.events.count("readingPaused") == 1);
		client.reset();
		awaitClosed(CloseReason.RESET, Duration.ofMillis(1500));
		this.done.countDown();
		assertThat(received.get(1, TimeUnit.SECONDS)).isEqualTo(Payload.random(5, 300));
		assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOf(ConnectionResetException.class);
	}

	/** The system then says the same of a peer that is gone and of one that has ended. */
	@Test
	void aProperEndIsNoResetWhileReadingIsPausedAfterTheOwnSideWasEnded() throws Exception {
		byte[] reply = Payload.random(7, 100_000);
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.read();
			writer.write(reply);
		});
		StreamConnection client = this.network.connect(server, (options) -> options.limit(1000));
		client.writer().writeEof();
		await().until(() -> this.events.count("handlerFinished") == 1 && client.snapshot().reading().pauses().paused());
		// Those that wait for nothing are looked at twice a second.
		await().during(Duration.ofMillis(1200)).until(() -> client.snapshot().state() == TransportState.OPEN);
		assertThat(client.reader().readExactly(reply.length)).isEqualTo(reply);
		assertThat(client.reader().read()).isEmpty();
	}

	/** After a stall a poll does not tell of all that is ready. */
	@Test
	@ExpectedLog("has been in one")
	void noConnectionWithUnreadInputIsTakenForIdleAfterAStall() throws Exception {
		int connections = 1_100;
		Duration idle = Duration.ofSeconds(2);
		try (TransportFactory oneLoop = Streams.newTransports(TestLoops.of(1, LoopThreads.PLATFORM))) {
			this.network.with((options) -> options.idleTimeout(idle))
				.with((options) -> options.transports(oneLoop).backlog(connections));
			StreamServer server = this.network.serve(ECHO);
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < connections; i++) {
				clients.add(this.network.connectRaw(server));
			}
			await().until(() -> server.connections().size() == connections);
			stall(server.connections().iterator().next(), idle.plusMillis(1200), () -> {
				for (RawClient client : clients) {
					client.send("x\n");
				}
			});
			for (RawClient client : clients) {
				assertThat(client.readLine()).isEqualTo("x");
			}
			assertThat(this.events.count("closed")).isZero();
		}
	}

	/** The handler's thread, which keeps the time, may be the first to run again. */
	@Test
	void noReadIsTimedOutAfterAStallWhoseInputHasCome() throws Exception {
		Duration longest = Duration.ofMillis(400);
		try (TransportFactory oneLoop = Streams.newTransports(TestLoops.of(1, LoopThreads.PLATFORM))) {
			this.network.with((options) -> options.transports(oneLoop));
			StreamServer blocking = this.network.serve((reader, writer) -> {
				reader.setReadTimeout(longest);
				writer.write(reader.readLine());
			});
			StreamServer asynchronous = this.network.serveAsync((reader, writer) -> {
				reader.setReadTimeout(longest);
				return reader.readLineAsync().thenAccept(writer::write);
			});
			RawClient first = this.network.connectRaw(blocking);
			RawClient second = this.network.connectRaw(asynchronous);
			await().until(() -> blocking.connections().size() + asynchronous.connections().size() == 2);
			stall(blocking.connections().iterator().next(), longest.plusMillis(300), () -> {
				first.send("x\n");
				second.send("y\n");
			});
			assertThat(first.readToEnd()).isEqualTo("x\n");
			assertThat(second.readToEnd()).isEqualTo("y\n");
		}
	}

	/** Keeps the loop of a connection busy for so long, while something happens. */
	private void stall(StreamConnection connection, Duration duration, Call meanwhile) throws Exception {
		CountDownLatch stalled = new CountDownLatch(1);
		CountDownLatch over = new CountDownLatch(1);
		connection.writer().transport().loop().execute(() -> {
			long began = System.nanoTime();
			stalled.countDown();
			await().until(() -> over.getCount() == 0 && System.nanoTime() - began > duration.toNanos());
		});
		stalled.await();
		meanwhile.run();
		over.countDown();
	}

	@Test
	void aHalfClosedConnectionCostsTheLoopNothing() throws Exception {
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> this.done.await()));
		client.shutdownOutput();
		await().until(() -> this.network.servers()
			.getFirst()
			.connections()
			.stream()
			.anyMatch((connection) -> connection.snapshot().inputEnded()));
		assertThatTheLoopsAreQuiet();
	}

	@Test
	void endThenResetIsNoticedAndCostsTheLoopNothing() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> this.done.await());
		for (int i = 0; i < 100; i++) {
			RawClient client = this.network.connectRaw(server);
			client.shutdownOutput();
			client.reset();
		}
		await().until(() -> server.snapshot().acceptedConnections() == 100);
		await().atMost(Duration.ofSeconds(2)).until(() -> server.snapshot().activeConnections() == 0);
		assertThatTheLoopsAreQuiet();
	}

	@Test
	void anEstablishedHalfClosedConnectionThatIsResetIsNoticed() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> this.done.await());
		RawClient client = this.network.connectRaw(server);
		client.shutdownOutput();
		await().until(() -> server.connections().stream().anyMatch((connection) -> connection.snapshot().inputEnded()));
		client.reset();
		awaitClosed(CloseReason.RESET, Duration.ofMillis(1500));
		assertThatTheLoopsAreQuiet();
	}

	@Test
	void idleConnectionsCostTheLoopNothing() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		for (int i = 0; i < 50; i++) {
			RawClient client = this.network.connectRaw(server);
			client.send("x\n");
			assertThat(client.readLine()).isEqualTo("x");
		}
		assertThatTheLoopsAreQuiet();
	}

	@Test
	void aBlockedWriterCostsTheLoopNothing() throws Exception {
		this.network.connectRaw(this.network.serve((reader, writer) -> {
			failureOf(() -> writeForEver(writer));
		}), 4096);
		awaitDrainWaiter();
		assertThatTheLoopsAreQuiet();
	}

	@Test
	void aLoopThatIsInterruptedNeitherSpinsNorStops() throws Exception {
		CompletableFuture<Thread> loop = new CompletableFuture<>();
		StreamServer server = this.network.serveAsync((reader, writer) -> {
			loop.complete(Thread.currentThread());
			Thread.currentThread().interrupt();
			return reader.readLineAsync().thenAccept((line) -> {
				Thread.currentThread().interrupt();
				writer.write(line);
			});
		});
		for (int i = 0; i < 200; i++) {
			RawClient client = this.network.connectRaw(server);
			loop.join().interrupt();
			client.send("still here\n");
			loop.join().interrupt();
			assertThat(client.readToEnd()).isEqualTo("still here\n");
			client.close();
		}
		loop.join().interrupt();
		assertThatTheLoopsTurnLessOftenThan(1000);
	}

	@Test
	void connectionsThatAreGoneWakeNobody() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> writer.write(reader.readLine()));
		for (int i = 0; i < 200; i++) {
			RawClient client = this.network.connectRaw(server);
			client.send("x\n");
			assertThat(client.readToEnd()).isEqualTo("x\n");
			client.close();
		}
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThatTheLoopsAreQuiet();
	}

	@Test
	void theLastReplyArrivesEvenIfTheHandlerLeftInputUnread() throws Exception {
		byte[] reply = Payload.random(6, 200_000);
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readExactly(10);
			writer.write(reply);
		});
		for (int i = 0; i < 20; i++) {
			RawClient client = this.network.connectRaw(server);
			Future<?> sent = this.threads.submit(() -> {
				client.send(new byte[1_000_000]);
				client.shutdownOutput();
				return null;
			});
			assertThat(client.read(reply.length)).isEqualTo(reply);
			assertThat(client.readToEnd()).isEmpty();
			sent.get(5, TimeUnit.SECONDS);
			client.close();
		}
	}

	@Test
	void inputThatNobodyReadsIsGivenBack() throws Exception {
		long before = SegmentPool.segmentsInUse();
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> reader.readExactly(1)));
		client.send(new byte[50_000]);
		assertThat(client.readToEnd()).isEmpty();
		client.close();
		await().until(() -> this.events.count("closed") == 1);
		await().atMost(Duration.ofSeconds(1)).until(() -> SegmentPool.segmentsInUse() <= before);
	}

	@Test
	void silenceInBothDirectionsEndsWithTheIdleTimeout() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.network.with((options) -> options.idleTimeout(SHORT));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			assertThat(text(reader.readExactly(4))).isEqualTo("drip");
			failure.complete(failureOf(reader::readLine));
		}));
		long started = System.nanoTime();
		for (String drop : List.of("d", "r", "i", "p")) {
			await().during(Duration.ofMillis(200)).until(() -> this.events.count("closed") == 0);
			client.send(drop);
		}
		awaitClosed(CloseReason.IDLE_TIMEOUT, Duration.ofMillis(800));
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(1000));
		assertThat(failure.get(1, TimeUnit.SECONDS))
			.isInstanceOfSatisfying(ConnectionTimeoutException.class,
					(timeout) -> assertThat(timeout.phase()).isEqualTo(Phase.IDLE))
			.hasMessageContaining("300 ms")
			.hasMessageContaining("idleTimeout");
	}

	@Test
	void theIdleTimeoutPassesWhileReadingIsPausedToo() throws Exception {
		this.network.with((options) -> options.idleTimeout(SHORT)).with((options) -> options.limit(10));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			this.done.await();
			reader.readExactly(100);
		}));
		client.send(new byte[100]);
		await().until(() -> this.events.count("readingPaused") == 1);
		awaitClosed(CloseReason.IDLE_TIMEOUT, Duration.ofMillis(800));
	}

	@Test
	void silenceAfterThePeersEndEndsWithTheHalfClosedTimeout() throws Exception {
		this.network.with((options) -> options.halfClosedTimeout(SHORT));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> this.done.await()));
		client.shutdownOutput();
		awaitClosed(CloseReason.HALF_CLOSED_TIMEOUT, Duration.ofMillis(800));
		assertThatExceptionOfType(IOException.class).isThrownBy(client::readToEnd).withMessageContaining("reset");
	}

	/** However long it was silent before. */
	@Test
	void theHalfClosedTimeoutBeginsWithThePeersEnd() throws Exception {
		this.network.with((options) -> options.halfClosedTimeout(SHORT));
		CompletableFuture<StreamWriter> writer = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, itsWriter) -> {
			writer.complete(itsWriter);
			assertThat(reader.readLine()).isEmpty();
			// The loop has had its turn with the deadlines, too.
			itsWriter.transport().loop().execute(this.done::countDown);
			this.done.await();
			itsWriter.write(new byte[] { '!' });
		}));
		await().until(() -> writer.join().transport().idleNanos() > 2 * SHORT.toNanos());
		client.shutdownOutput();
		assertThat(client.readToEnd()).isEqualTo("!");
	}

	@Test
	void anAnswerAfterThePeersEndPutsTheHalfClosedTimeoutOff() throws Exception {
		this.network.with((options) -> options.halfClosedTimeout(SHORT));
		CompletableFuture<StreamWriter> writer = new CompletableFuture<>();
		RawClient client = this.network.connectRaw(this.network.serve((reader, itsWriter) -> {
			writer.complete(itsWriter);
			this.done.await();
		}));
		client.shutdownOutput();
		for (int i = 0; i < 4; i++) {
			await().during(Duration.ofMillis(150)).until(() -> this.events.count("closed") == 0);
			writer.join().write(new byte[] { '.' });
		}
		this.done.countDown();
		assertThat(client.readToEnd()).isEqualTo("....");
	}

	@Test
	void aPeerThatTakesNothingEndsWithTheWriteStallTimeout() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.network.with((options) -> options.writeStallTimeout(SHORT));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			failure.complete(failureOf(() -> writeForEver(writer)));
		}), 4096);
		awaitDrainWaiter();
		// What it sends is no excuse for what it does not take.
		while (this.events.count("closed") == 0) {
			sendQuietly(client);
		}
		awaitClosed(CloseReason.WRITE_STALL_TIMEOUT, Duration.ofMillis(800));
		assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOfSatisfying(ConnectionTimeoutException.class,
				(timeout) -> assertThat(timeout.phase()).isEqualTo(Phase.WRITE_STALL));
	}

	private static void sendQuietly(RawClient client) {
		try {
			client.channel().write(ByteBuffer.allocate(1));
		}
		catch (IOException ex) {
			// It was cut off.
		}
	}

	@Test
	void aSlowPeerIsNoStalledOne() throws Exception {
		this.network.with((options) -> options.writeStallTimeout(SHORT).sendBuffer(8192));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			for (int i = 0; i < 60; i++) {
				writer.write(new byte[10_000]);
				writer.drain();
			}
		}), 8192);
		long started = System.nanoTime();
		int received = 0;
		for (byte[] chunk = new byte[20_000]; received < 600_000;) {
			int before = received;
			await().pollDelay(Duration.ofMillis(20)).until(() -> true);
			received = before + Math.max(0, client.read(chunk));
		}
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(SHORT.multipliedBy(2));
		assertThat(client.readToEnd()).isEmpty();
		client.close();
		awaitClosed(CloseReason.HANDLER_FINISHED, Duration.ofSeconds(1));
	}

	@Test
	void aCloseWhoseBytesNobodyTakesEndsWithTheCloseTimeout() throws Exception {
		this.network.with((options) -> options.closeTimeout(SHORT).waterMarks(WaterMarks.high(64 * 1024 * 1024)));
		StreamServer server = this.network.serve((reader, writer) -> writer.write(new byte[30_000_000]));
		RawClient client = this.network.connectRaw(server, 4096);
		await().until(() -> this.events.count("handlerFinished") == 1);
		awaitClosed(CloseReason.CLOSE_TIMEOUT, Duration.ofMillis(800));
		assertThatExceptionOfType(IOException.class).isThrownBy(client::readToEnd).withMessageContaining("reset");
	}

	@Test
	void waitClosedTellsOfTheCloseTimeout() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> this.done.await());
		StreamConnection client = this.network.connect(server,
				(options) -> options.closeTimeout(SHORT)
					.sendBuffer(8192)
					.waterMarks(WaterMarks.high(64 * 1024 * 1024)));
		client.writer().write(new byte[30_000_000]);
		assertThatExceptionOfType(ConnectionTimeoutException.class).isThrownBy(client::close)
			.satisfies((ex) -> assertThat(ex.phase()).isEqualTo(Phase.CLOSE));
		this.done.countDown();
	}

	@Test
	@ExpectedLog(value = "The handler goes on writing while the peer takes nothing", times = 1)
	void aWriterThatNeverDrainsIsCutOffAtTheCap() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.network.with((options) -> options.maxWriteBuffer(1_000_000));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> {
			while (!writer.isClosing()) {
				writer.write(new byte[10_000]);
				assertThat(writer.transport().writeBufferSize()).isLessThanOrEqualTo(1_000_000);
			}
			failure.complete(failureOf(() -> reader.readLine()));
		}));
		awaitClosed(CloseReason.SLOW_CONSUMER, Duration.ofSeconds(5));
		assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOf(WriteBufferOverflowException.class)
			.hasMessageContaining("cap of 1000000")
			.hasMessageContaining("drain()");
		assertThatExceptionOfType(IOException.class).isThrownBy(client::readToEnd).withMessageContaining("reset");
	}

	@Test
	@ExpectedLog(value = "The handler goes on writing while the peer takes nothing", times = 1)
	void aWriterThatNeverDrainsIsCutOffAtTheCapOverTls() throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		StreamServer server = serveTlsWithCap((reader, writer) -> {
			while (!writer.isClosing()) {
				writer.write(new byte[10_000]);
				assertThat(writer.transport().writeBufferSize()).isLessThanOrEqualTo(1_000_000);
			}
			failure.complete(failureOf(() -> reader.readLine()));
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			awaitClosed(CloseReason.SLOW_CONSUMER, Duration.ofSeconds(5));
			assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOf(WriteBufferOverflowException.class)
				.hasMessageContaining("cap of 1000000")
				.hasMessageContaining("drain()");
			assertThatExceptionOfType(IOException.class).isThrownBy(peer::readToEnd);
		}
	}

	/**
	 * What is queued becomes records, which are longer, when the connection is closed.
	 */
	@Test
	@ExpectedLog(value = "The handler goes on writing while the peer takes nothing", times = 1)
	void whatIsBelowTheCapIsSentByACloseOverTls() throws Exception {
		AtomicLong written = new AtomicLong();
		CountDownLatch full = new CountDownLatch(1);
		StreamServer server = serveTlsWithCap((reader, writer) -> {
			while (writer.transport().writeBufferSize() < 950_000) {
				writer.write(new byte[1000]);
				written.addAndGet(1000);
			}
			full.countDown();
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			assertThat(full.await(5, TimeUnit.SECONDS)).isTrue();
			assertThat(peer.readToEnd()).hasSize(Math.toIntExact(written.get()));
		}
	}

	private StreamServer serveTlsWithCap(ConnectionHandler handler) throws IOException {
		TlsOptions tls = TlsOptions.builder(TestIdentity.SERVER.context()).build();
		return this.network.with((options) -> options.maxWriteBuffer(1_000_000))
			.with((options) -> options.tls(tls))
			.serve(handler);
	}

	@Test
	void slowReadersHoldNoMoreThanTheHighMarkAndOneWrite() throws Exception {
		int connections = 50;
		StreamServer server = this.network.serve((reader, writer) -> {
			while (true) {
				writer.write(new byte[20_000]);
				writer.drain();
			}
		});
		for (int i = 0; i < connections; i++) {
			this.network.connectRaw(server, 4096);
		}
		await().until(() -> server.connections()
			.stream()
			.filter((connection) -> connection.snapshot().drainWaiters() == 1)
			.count() == connections);
		assertThat(server.connections()).allSatisfy((connection) -> {
			BufferSnapshot writing = connection.snapshot().writing();
			assertThat(writing.buffered()).isLessThanOrEqualTo(WaterMarks.DEFAULT_HIGH + 20_000);
			assertThat(writing.pauses().paused()).isTrue();
		});
	}

	@Test
	void aHugeWriteTakesNoHugeDirectMemory() throws Exception {
		long before = directMemory();
		byte[] huge = new byte[64 * 1024 * 1024];
		this.network.with((options) -> options.waterMarks(WaterMarks.high(huge.length)));
		RawClient client = this.network.connectRaw(this.network.serve((reader, writer) -> writer.write(huge)));
		assertThat(client.readToEnd()).hasSize(huge.length);
		client.close();
		awaitClosed(CloseReason.HANDLER_FINISHED, Duration.ofSeconds(1));
		assertThat(directMemory() - before).isLessThan(4 * 1024 * 1024);
	}

	private static long directMemory() {
		return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
	}

	@Test
	void clientsThatFloodDoNotStarveOthers() throws Exception {
		StreamServer server = this.network.serve(ECHO);
		AtomicBoolean flooding = new AtomicBoolean(true);
		List<Thread> floods = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			RawClient client = this.network.connectRaw(server);
			floods.add(startPlatformThread(() -> flood(client, flooding)));
			floods.add(startPlatformThread(() -> swallow(client)));
		}
		await().until(() -> this.events.bytesReceived() > 1_000_000);
		try {
			assertThat(worstOfTwentyEchoes(server)).isLessThan(Duration.ofSeconds(1));
		}
		finally {
			flooding.set(false);
		}
		for (Thread each : floods) {
			each.join();
		}
	}

	/** Clients that want no part of what virtual threads share. */
	private static Thread startPlatformThread(Call call) {
		return Thread.ofPlatform().start(() -> failureOf(call));
	}

	private static void flood(RawClient client, AtomicBoolean flooding) throws IOException {
		byte[] lines = "a line\n".repeat(1000).getBytes(StandardCharsets.ISO_8859_1);
		while (flooding.get()) {
			client.send(lines);
		}
		client.shutdownOutput();
	}

	private static void swallow(RawClient client) throws IOException {
		byte[] chunk = new byte[64 * 1024];
		int n;
		do {
			n = client.read(chunk);
		}
		while (n >= 0);
	}

	@Test
	void handlersThatNeverStopWritingDoNotStarveOthers() throws Exception {
		AtomicBoolean writing = new AtomicBoolean(true);
		StreamServer firehose = this.network.serve((reader, writer) -> {
			byte[] line = "a line\n".getBytes(StandardCharsets.ISO_8859_1);
			while (writing.get()) {
				writer.write(line);
				writer.drain();
			}
		});
		StreamServer echo = this.network.serve(ECHO);
		List<Thread> readers = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			RawClient client = this.network.connectRaw(firehose);
			readers.add(startPlatformThread(() -> swallow(client)));
		}
		await().until(() -> this.events.bytesSent() > 1_000_000);
		try {
			assertThat(worstOfTwentyEchoes(echo)).isLessThan(Duration.ofSeconds(1));
		}
		finally {
			writing.set(false);
		}
		for (Thread each : readers) {
			each.join();
		}
	}

	/** Nobody preempts a virtual thread, and there are as many carriers as processors. */
	@ParameterizedTest
	@EnumSource
	void handlersThatNeverWaitDoNotStarveOthers(Restless restless) throws Exception {
		AtomicBoolean on = new AtomicBoolean(true);
		CountDownLatch begun = new CountDownLatch(2 * Runtime.getRuntime().availableProcessors());
		this.network.with((options) -> options.limit(100));
		StreamServer server = this.network.serve((reader, writer) -> {
			begun.countDown();
			while (on.get() && !writer.isClosing()) {
				restless.doSomething(reader, writer);
			}
		});
		StreamServer echo = this.network.serve(ECHO);
		List<Thread> readers = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			RawClient client = this.network.connectRaw(server);
			client.send("x".repeat(150));
			client.shutdownOutput();
			readers.add(startPlatformThread(() -> swallow(client)));
		}
		begun.await();
		try {
			assertThat(worstOfTwentyEchoes(echo)).isLessThan(Duration.ofSeconds(2));
		}
		finally {
			on.set(false);
		}
		for (Thread each : readers) {
			each.join();
		}
	}

	private enum Restless {

		WRITES_WITHOUT_DRAIN {
			@Override
			void doSomething(StreamReader reader, StreamWriter writer) {
				// It goes on, but must not fill the memory.
				writer.write((writer.transport().writeBufferSize() < 100_000) ? LINE : new byte[0]);
			}
		},

		READS_AGAIN_WHAT_IS_TOO_LONG {
			@Override
			void doSomething(StreamReader reader, StreamWriter writer) {
				assertThat(failureOf(() -> reader.readUntil(LINE))).isInstanceOf(IOException.class);
			}
		},

		READS_ON_AT_THE_END {
			@Override
			void doSomething(StreamReader reader, StreamWriter writer) throws IOException {
				assertThat(reader.read(1000)).hasSizeLessThan(151);
			}
		};

		private static final byte[] LINE = "a line\n".getBytes(StandardCharsets.ISO_8859_1);

		abstract void doSomething(StreamReader reader, StreamWriter writer) throws IOException;

	}

	private Duration worstOfTwentyEchoes(StreamServer server) throws IOException {
		RawClient client = this.network.connectRaw(server);
		long[] nanos = new long[20];
		for (int i = 0; i < nanos.length; i++) {
			long started = System.nanoTime();
			client.send("ping " + i + "\n");
			assertThat(client.readLine()).isEqualTo("ping " + i);
			nanos[i] = System.nanoTime() - started;
		}
		return Duration.ofNanos(Arrays.stream(nanos).max().orElseThrow());
	}

	@Test
	void aHandlerThatIsInterruptedAtAnyTimeEndsInGoodOrder() throws Exception {
		int connections = 100;
		AtomicInteger finished = new AtomicInteger();
		StreamServer server = this.network.serve((reader, writer) -> {
			try {
				ECHO.handle(reader, writer);
			}
			finally {
				finished.incrementAndGet();
			}
		});
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			clients.add(this.network.connectRaw(server));
		}
		await().until(() -> server.connections().size() == connections
				&& server.connections().stream().allMatch((connection) -> connection.handlerThread() != null));
		for (RawClient client : clients) {
			client.send("x\n");
		}
		server.connections().forEach((connection) -> connection.handlerThread().interrupt());
		for (RawClient client : clients) {
			assertThat(client.readToEnd()).isIn("", "x\n");
			client.close();
		}
		await().until(() -> this.events.count("closed") == connections);
		assertThat(finished).hasValue(connections);
		assertThat(this.events.events("handlerFinished")).extracting(RecordingListener.Event::detail)
			.containsOnly(HandlerOutcome.INTERRUPTED);
	}

	private static void writeForEver(StreamWriter writer) throws IOException {
		while (true) {
			writer.write(new byte[10_000]);
			writer.drain();
		}
	}

	private void awaitDrainWaiter() {
		await().during(Duration.ofMillis(50))
			.until(() -> this.network.servers()
				.getFirst()
				.connections()
				.stream()
				.anyMatch((connection) -> connection.snapshot().drainWaiters() == 1));
	}

	private void awaitClosed(CloseReason reason, Duration within) {
		await().atMost(within).until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(reason);
	}

	/** A loop with nothing to do wakes for its deadlines only. */
	private static void assertThatTheLoopsAreQuiet() {
		assertThatTheLoopsTurnLessOftenThan(20);
	}

	private static void assertThatTheLoopsTurnLessOftenThan(int limit) {
		long before = turns();
		await().during(Duration.ofMillis(1100)).atMost(Duration.ofSeconds(2)).until(() -> turns() - before < limit);
	}

	private static long turns() {
		return TestNetwork.TRANSPORTS.loops().stream().mapToLong(LoopStatistics::turns).sum();
	}

	private static Throwable failureOf(Call call) {
		try {
			call.run();
			return null;
		}
		catch (Exception ex) {
			return ex;
		}
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	/** Something that may fail. */
	@FunctionalInterface
	private interface Call {

		void run() throws Exception;

	}

}
