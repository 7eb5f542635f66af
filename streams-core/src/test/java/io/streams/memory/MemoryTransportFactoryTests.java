package io.streams.memory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.streams.ConnectOptions;
import io.streams.ServerOptions;
import io.streams.StreamConnection;
import io.streams.StreamServer;
import io.streams.Streams;
import io.streams.buffer.SegmentPool;
import io.streams.flow.WaterMarks;
import io.streams.transport.BindFailedException;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.Transport;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;
import io.streams.transport.WriteBufferOverflowException;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Who may connect in memory, who waits, and what becomes of a connection there.
 */
@Timeout(20)
class MemoryTransportFactoryTests {

	private static final MemoryAddress NAME = MemoryAddress.of("server");

	private static final Duration SHORT = Duration.ofMillis(50);

	private final long segments = SegmentPool.segmentsInUse();

	private final MemoryTransportFactory network = MemoryTransportFactory.create();

	private final RecordingAcceptor acceptor = new RecordingAcceptor();

	@AfterEach
	void nothingIsLeftBehind() {
		this.network.close();
		assertThat(connections()).isZero();
		await().until(() -> SegmentPool.segmentsInUse() <= this.segments);
	}

	// Names

	@Test
	void aNameIsTakenOnceAndFreeAfterTheClose() throws Exception {
		ServerTransport first = listen();
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::listen)
			.withMessage("Could not bind on address memory:server: Address already in use");
		first.close().get(5, TimeUnit.SECONDS);
		assertThat(first.isOpen()).isFalse();
		assertThat(first.localAddress()).isEqualTo(NAME);
		assertThat(listen().isOpen()).isTrue();
	}

	@Test
	void aNameIsChosenForWhoeverGivesNone() throws IOException {
		SocketAddress one = bind(MemoryAddress.of(""), ServerTransportOptions.DEFAULT).localAddress();
		SocketAddress other = bind(MemoryAddress.of(""), ServerTransportOptions.DEFAULT).localAddress();
		assertThat(((MemoryAddress) one).name()).isNotEmpty();
		assertThat(one).isNotEqualTo(other);
	}

	@Test
	void aNameOfAnotherFactoryMeansNothingHere() throws IOException {
		try (MemoryTransportFactory other = MemoryTransportFactory.create()) {
			other.bind(NAME, ServerTransportOptions.DEFAULT, this.acceptor).start();
			assertThatConnecting(connect(new RecordingProtocol())).isEqualTo("Connection refused");
		}
	}

	@Test
	void addressesOfSocketsAreRefused() {
		InetSocketAddress address = InetSocketAddress.createUnresolved("localhost", 1);
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> bind(address, ServerTransportOptions.DEFAULT))
			.withMessageContaining("MemoryAddress");
		assertThat(this.network.connect(address, ClientTransportOptions.DEFAULT, new RecordingProtocol()))
			.failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(ConnectFailedException.class);
		ClientTransportOptions from = ClientTransportOptions.builder().localAddress(address).build();
		assertThat(this.network.connect(NAME, from, new RecordingProtocol())).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withMessageContaining("local address");
	}

	@Test
	void aSocketCannotBeTakenOver() throws IOException {
		try (SocketChannel channel = SocketChannel.open()) {
			assertThat(this.network.adopt(channel, TransportOptions.DEFAULT, new RecordingProtocol()))
				.failsWithin(Duration.ofSeconds(5))
				.withThrowableThat()
				.withCauseInstanceOf(UnsupportedOperationException.class);
			assertThat(channel.isOpen()).isTrue();
		}
	}

	@Test
	void bothEndsKnowTheAddresses() throws Exception {
		listen().start();
		RecordingProtocol client = new RecordingProtocol();
		MemoryAddress local = MemoryAddress.of("me");
		this.network.connect(NAME, ClientTransportOptions.builder().localAddress(local).build(), client)
			.get(5, TimeUnit.SECONDS);
		RecordingProtocol server = accepted(1);
		assertThat(client.transport().info().localAddress()).isEqualTo(local);
		assertThat(client.transport().info().remoteAddress()).isEqualTo(NAME);
		assertThat(server.transport().info().localAddress()).isEqualTo(NAME);
		assertThat(server.transport().info().remoteAddress()).isEqualTo(local);
		assertThat(this.acceptor.clients).containsExactly(local);
	}

	// Connecting and accepting

	@Test
	void whomNobodyAwaitsIsRefused() throws Exception {
		assertThatConnecting(connect(new RecordingProtocol())).isEqualTo("Connection refused");
		listen().close().get(5, TimeUnit.SECONDS);
		assertThatConnecting(connect(new RecordingProtocol())).isEqualTo("Connection refused");
	}

	@Test
	void aClientIsConnectedBeforeItIsAccepted() throws Exception {
		ServerTransport listener = listen();
		RecordingProtocol client = connected();
		client.write("early");
		assertThat(this.acceptor.clients).isEmpty();
		assertThat(client.transport().writeBufferSize()).isEqualTo(5);
		listener.start();
		await().until(() -> accepted(1).calls.equals(List.of("made", "data early")));
		assertThat(client.transport().writeBufferSize()).isZero();
	}

	@Test
	void whoFindsTheBacklogFullWaits() throws Exception {
		ServerTransport listener = bind(NAME, backlog(2));
		connected();
		connected();
		CompletableFuture<Transport> third = connect(new RecordingProtocol());
		assertThatConnecting(connect(new RecordingProtocol(), SHORT))
			.isEqualTo("no answer within 50 ms (connect timeout)");
		assertThat(third).isNotDone();
		listener.start();
		third.get(5, TimeUnit.SECONDS);
		accepted(3);
	}

	@Test
	void whoAbortsInTheBacklogGivesItsPlaceToTheNext() throws Exception {
		ServerTransport listener = bind(NAME, backlog(1));
		RecordingProtocol first = connected();
		CompletableFuture<Transport> second = connect(new RecordingProtocol());
		first.write("never read");
		first.transport().abort();
		second.get(5, TimeUnit.SECONDS);
		listener.start();
		accepted(1);
		assertThat(this.acceptor.clients).hasSize(1);
	}

	@Test
	void whoClosesInTheBacklogIsStillHeard() throws Exception {
		ServerTransport listener = listen();
		RecordingProtocol client = connected();
		client.write("all");
		client.transport().close();
		listener.start();
		await().until(() -> accepted(1).calls.equals(List.of("made", "data all", "eof")));
		accepted(1).transport().close();
		await().until(() -> client.isLost() && accepted(1).isLost());
		assertThat(client.cause()).isNull();
		assertThat(accepted(1).cause()).isNull();
	}

	@Test
	void aCancelledConnectLeavesNothingBehind() throws Exception {
		ServerTransport listener = bind(NAME, backlog(1));
		connected();
		RecordingProtocol cancelled = new RecordingProtocol();
		CompletableFuture<Transport> waiting = connect(cancelled);
		assertThat(waiting).isNotDone();
		waiting.cancel(false);
		listener.start();
		RecordingProtocol last = connected();
		accepted(2);
		assertThat(cancelled.calls).isEmpty();
		assertThat(connections()).isEqualTo(4);
		assertThat(last.isLost()).isFalse();
	}

	@Test
	void aConnectThatIsCancelledAtAnyTimeLeavesNothingBehind() throws Exception {
		listen().start();
		for (int i = 0; i < 500; i++) {
			RecordingProtocol client = new RecordingProtocol();
			CompletableFuture<Transport> connecting = connect(client);
			if (!connecting.cancel(false)) {
				client.transport().abort();
			}
		}
		await().until(() -> connections() == 0);
		assertThat(this.acceptor.protocols).allMatch(RecordingProtocol::isLost);
	}

	@Test
	void theAcceptorIsAskedBeforeEachAccept() throws Exception {
		this.acceptor.room = 1;
		ServerTransport listener = listen();
		listener.start();
		connected();
		accepted(1);
		connected();
		await().until(listener::isAcceptingPaused);
		assertThat(this.acceptor.clients).hasSize(1);
		this.acceptor.room = 3;
		listener.resumeAccepting();
		accepted(2);
		assertThat(listener.isAcceptingPaused()).isFalse();
	}

	@Test
	void whomTheAcceptorDoesNotWantSeesTheEnd() throws Exception {
		this.acceptor.protocol = () -> null;
		listen().start();
		RecordingProtocol client = connected();
		await().until(() -> client.calls.equals(List.of("made", "eof")));
		assertThat(this.acceptor.setupFailures).isEmpty();
	}

	@Test
	void anAcceptorThatFailsCostsOneConnection() throws Exception {
		var working = this.acceptor.protocol;
		this.acceptor.protocol = () -> {
			throw new IllegalStateException("accepted");
		};
		listen().start();
		RecordingProtocol client = connected();
		await().until(() -> client.calls.equals(List.of("made", "eof")));
		assertThat(this.acceptor.acceptFailures).singleElement()
			.satisfies((failure) -> assertThat(failure).hasRootCauseMessage("accepted"));
		this.acceptor.protocol = working;
		connected();
		accepted(1);
	}

	@Test
	void aProtocolThatFailsAtTheStartIsReported() throws Exception {
		var working = this.acceptor.protocol;
		this.acceptor.protocol = FailingProtocol::new;
		listen().start();
		RecordingProtocol client = connected();
		await().until(() -> client.calls.equals(List.of("made", "eof")));
		assertThat(this.acceptor.setupFailures).extracting(Throwable::getMessage).containsExactly("connectionMade");
		client.transport().abort();
		this.acceptor.protocol = working;
		connected();
		accepted(1);
	}

	@Test
	void aClientThatFailsAtTheStartIsNotConnected() throws Exception {
		listen().start();
		CompletableFuture<Transport> failed = this.network.connect(NAME, ClientTransportOptions.DEFAULT,
				new FailingProtocol());
		assertThatConnecting(failed).isEqualTo("connectionMade");
		connected();
		accepted(1);
		assertThat(this.acceptor.clients).hasSize(1);
	}

	@Test
	void theCloseOfAListenerResetsWhomItHasNotAccepted() throws Exception {
		this.acceptor.room = 1;
		ServerTransport listener = bind(NAME, backlog(1));
		listener.start();
		RecordingProtocol accepted = connected();
		accepted(1);
		RecordingProtocol inBacklog = connected();
		CompletableFuture<Transport> waiting = connect(new RecordingProtocol());
		listener.close().get(5, TimeUnit.SECONDS);
		assertThatConnecting(waiting).isEqualTo("Connection refused");
		await().until(inBacklog::isLost);
		assertThat(inBacklog.cause()).isInstanceOf(ConnectionResetException.class);
		accepted.write("still here");
		await().until(() -> accepted(1).calls.contains("data still here"));
	}

	@Test
	void theCloseOfTheFactoryEndsEverything() throws Exception {
		ServerTransport listener = bind(NAME, backlog(1));
		RecordingProtocol client = connected();
		CompletableFuture<Transport> waiting = connect(new RecordingProtocol());
		this.network.close();
		this.network.close();
		assertThat(listener.isOpen()).isFalse();
		assertThat(client.isLost()).isTrue();
		assertThat(client.transport().state()).isEqualTo(TransportState.CLOSED);
		assertThatConnecting(waiting).isEqualTo("the transport factory was closed");
		assertThatIllegalStateException().isThrownBy(this::listen).withMessageContaining("closed");
		assertThatIllegalStateException().isThrownBy(() -> connect(new RecordingProtocol()))
			.withMessageContaining("closed");
	}

	@Test
	void theLoopKnowsItself() throws Exception {
		listen().start();
		RecordingProtocol client = connected();
		RecordingProtocol server = accepted(1);
		assertThat(this.network.inEventLoop()).isFalse();
		CompletableFuture<Boolean> inside = CompletableFuture.supplyAsync(
				() -> this.network.inEventLoop() && server.transport().loop().inEventLoop(), client.transport().loop());
		assertThat(inside.get(5, TimeUnit.SECONDS)).isTrue();
		assertThat(this.network.loops()).singleElement().satisfies((loop) -> {
			assertThat(loop.connections()).isEqualTo(2);
			assertThat(loop.turns()).isPositive();
			assertThat(loop.lagNanos()).isNotNegative();
		});
	}

	// The connection

	@Test
	void whatIsSentComesInChunks() throws Exception {
		assertThatIllegalArgumentException().isThrownBy(() -> MemoryTransportFactory.create(0));
		try (MemoryTransportFactory small = MemoryTransportFactory.create(2)) {
			small.bind(NAME, ServerTransportOptions.DEFAULT, this.acceptor).start();
			RecordingProtocol client = new RecordingProtocol();
			small.connect(NAME, ClientTransportOptions.DEFAULT, client).get(5, TimeUnit.SECONDS);
			client.write("abcde");
			await().until(() -> accepted(1).calls.equals(List.of("made", "data ab", "data cd", "data e")));
		}
	}

	@Test
	void theWaterMarksAreThoseOfTheWriter() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.waterMarks(new WaterMarks(2, 4)));
		RecordingProtocol server = accepted(1);
		client.transport().pauseReading();
		server.write("1234");
		assertThat(server.calls).doesNotContain("pause");
		server.write("5");
		assertThat(server.calls).endsWith("pause");
		client.transport().resumeReading();
		await().until(() -> server.calls.equals(List.of("made", "pause", "resume")));
		assertThat(client.transport().writeBufferLimits()).isEqualTo(WaterMarks.DEFAULT);
	}

	@Test
	void aWriterAboveItsCapIsCutOff() throws Exception {
		RecordingProtocol client = connectedTo(
				(settings) -> settings.waterMarks(new WaterMarks(1, 4)).maxWriteBuffer(8));
		RecordingProtocol server = accepted(1);
		client.transport().pauseReading();
		client.write("for the reader");
		await().until(() -> server.calls.contains("data for the reader"));
		server.write("12345678");
		server.write("9");
		await().until(() -> server.isLost() && client.isLost());
		assertThat(server.cause()).isInstanceOf(WriteBufferOverflowException.class);
		assertThat(client.cause()).isInstanceOf(ConnectionResetException.class);
	}

	@Test
	void anAbortResetsAPeerThatDoesNotRead() throws Exception {
		RecordingProtocol client = connectedTo(UnaryOperator.identity());
		RecordingProtocol server = accepted(1);
		client.write("first");
		await().until(() -> server.calls.contains("data first"));
		server.transport().pauseReading();
		client.transport().abort();
		await().until(() -> server.isLost() && client.isLost());
		assertThat(server.cause()).isInstanceOf(ConnectionResetException.class);
		assertThat(client.cause()).isNull();
		assertThat(server.calls).containsExactly("made", "data first", "lost");
	}

	@Test
	void whatWasFlushedBeforeAnAbortArrives() throws Exception {
		RecordingProtocol client = connectedTo(UnaryOperator.identity());
		RecordingProtocol server = accepted(1);
		client.transport().loop().execute(() -> {
			client.write("sent");
			client.transport().flush();
			client.write("dropped");
			client.transport().abort();
			assertThat(client.transport().writeBufferSize()).isZero();
		});
		await().until(server::isLost);
		assertThat(server.calls).containsExactly("made", "data sent", "lost");
		assertThat(server.cause()).isInstanceOf(ConnectionResetException.class);
	}

	@Test
	void flushedBytesReachAPausedPeerBeforeTheReset() throws Exception {
		try (MemoryTransportFactory buffered = MemoryTransportFactory.builder().receiveBuffer(1024).build()) {
			buffered.bind(NAME, ServerTransportOptions.DEFAULT, this.acceptor).start();
			RecordingProtocol client = new RecordingProtocol();
			buffered.connect(NAME, ClientTransportOptions.DEFAULT, client).get(5, TimeUnit.SECONDS);
			RecordingProtocol server = accepted(1);
			server.transport().pauseReading();
			client.write("flushed");
			client.transport().flush();
			client.transport().abort();
			await().until(server::isLost);
			assertThat(server.calls).containsExactly("made", "data flushed", "lost");
		}
	}

	/** A peer that does not read has no buffer: nothing is on its way to it. */
	@Test
	void whatAPausedPeerDidNotTakeIsDroppedByAnAbort() throws Exception {
		RecordingProtocol client = connectedTo(UnaryOperator.identity());
		RecordingProtocol server = accepted(1);
		server.transport().pauseReading();
		client.write("flushed");
		client.transport().flush();
		assertThat(client.transport().writeBufferSize()).isEqualTo(7);
		client.transport().abort();
		await().until(server::isLost);
		assertThat(server.calls).containsExactly("made", "lost");
	}

	@Test
	void whoWritesToAPeerThatIsGoneIsReset() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.lingerTimeout(Duration.ZERO));
		RecordingProtocol server = accepted(1);
		server.write("bye");
		server.transport().close();
		await().until(server::isLost);
		await().until(() -> client.calls.equals(List.of("made", "data bye", "eof")));
		client.write("too late");
		await().until(client::isLost);
		assertThat(client.cause()).isInstanceOf(ConnectionResetException.class);
		assertThat(server.cause()).isNull();
	}

	@Test
	void aCloseLingersUntilThePeerEndsItsSide() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.lingerTimeout(Duration.ofSeconds(60)));
		RecordingProtocol server = accepted(1);
		server.transport().close();
		await().until(() -> server.transport().state() == TransportState.LINGERING);
		client.write("dropped");
		await().until(() -> client.transport().writeBufferSize() == 0);
		assertThat(server.isLost()).isFalse();
		client.transport().close();
		await().until(() -> server.isLost() && client.isLost());
		assertThat(client.cause()).isNull();
		assertThat(server.calls).containsExactly("made", "lost");
	}

	@Test
	void lingeringHasABound() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.lingerTimeout(SHORT));
		accepted(1).transport().close();
		await().until(accepted(1)::isLost);
		assertThat(accepted(1).cause()).isNull();
		assertThat(client.calls).containsExactly("made", "eof");
	}

	@Test
	void aQuietConnectionIsGivenUp() throws Exception {
		connectedTo((settings) -> settings.idleTimeout(SHORT));
		assertThatServerTimesOut(Phase.IDLE);
	}

	@Test
	void aPeerThatEndedItsSideIsGivenUp() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.halfClosedTimeout(SHORT));
		client.transport().writeEof();
		assertThatServerTimesOut(Phase.HALF_CLOSED);
	}

	@Test
	void theTimeOfAHalfClosedConnectionBeginsWithThePeersEnd() throws Exception {
		Duration timeout = Duration.ofMillis(500);
		RecordingProtocol client = connectedTo((settings) -> settings.halfClosedTimeout(timeout));
		RecordingProtocol server = accepted(1);
		await().until(() -> server.transport().idleNanos() > timeout.toNanos());
		long ended = System.nanoTime();
		client.transport().writeEof();
		assertThatServerTimesOut(Phase.HALF_CLOSED);
		assertThat(Duration.ofNanos(System.nanoTime() - ended)).isGreaterThanOrEqualTo(timeout);
	}

	@Test
	void aPeerThatTakesNothingIsGivenUp() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.writeStallTimeout(SHORT));
		client.transport().pauseReading();
		accepted(1).write("x");
		assertThatServerTimesOut(Phase.WRITE_STALL);
		await().until(client::isLost);
		assertThat(client.cause()).isInstanceOf(ConnectionResetException.class);
	}

	@Test
	void anEarlierDeadlineIsNotHiddenByALaterOne() throws Exception {
		RecordingProtocol client = connectedTo(
				(settings) -> settings.idleTimeout(Duration.ofMinutes(5)).writeStallTimeout(SHORT));
		client.transport().pauseReading();
		accepted(1).write("x");
		assertThatServerTimesOut(Phase.WRITE_STALL);
	}

	@Test
	void aPeerThatTakesItsTimeIsNotGivenUp() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.writeStallTimeout(Duration.ofMillis(300)));
		RecordingProtocol server = accepted(1);
		long began = System.nanoTime();
		await().pollInterval(Duration.ofMillis(20)).until(() -> {
			client.transport().pauseReading();
			server.write("x");
			client.transport().resumeReading();
			return System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(900);
		});
		assertThat(server.isLost()).isFalse();
	}

	@Test
	void aCloseThatCannotSendWhatIsQueuedIsGivenUp() throws Exception {
		RecordingProtocol client = connectedTo((settings) -> settings.closeTimeout(SHORT));
		client.transport().pauseReading();
		accepted(1).write("x");
		accepted(1).transport().close();
		assertThatServerTimesOut(Phase.CLOSE);
		await().until(client::isLost);
	}

	@Test
	void aProtocolThatCannotTakeItsDataLosesTheConnection() throws Exception {
		this.acceptor.protocol = () -> new FailingProtocol(false);
		listen().start();
		RecordingProtocol client = connected();
		client.write("x");
		await().until(client::isLost);
		assertThat(client.cause()).isInstanceOf(ConnectionResetException.class);
	}

	// Under streams

	@Test
	void serversAndClientsMeetByName() throws Exception {
		ServerOptions serving = ServerOptions.builder().transports(this.network).build();
		ConnectOptions connecting = ConnectOptions.builder().transports(this.network).build();
		try (StreamServer server = Streams.startServer((reader, writer) -> writer.write(reader.readLine()),
				List.of(NAME), serving)) {
			assertThat(server.addresses()).containsExactly(NAME);
			assertThat(server.port()).isEqualTo(-1);
			try (StreamConnection client = Streams.openConnection(NAME, connecting)) {
				client.writer().write("hello\n".getBytes(StandardCharsets.ISO_8859_1));
				assertThat(client.reader().readLine()).asString().isEqualTo("hello\n");
			}
			assertThat(Streams.openConnectionAsync(NAME, connecting)).succeedsWithin(Duration.ofSeconds(5))
				.satisfies(StreamConnection::abort);
		}
		await().untilAsserted(
				() -> assertThat(Streams.openConnectionAsync(NAME, connecting)).failsWithin(Duration.ofSeconds(5))
					.withThrowableThat()
					.withCauseInstanceOf(ConnectFailedException.class));
	}

	@Test
	void socketsSayThatTheyDoNotKnowTheAddress() {
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection(NAME, ConnectOptions.DEFAULT))
			.withMessageContaining("give the options the transports that know it");
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> Streams.startServer((reader, writer) -> {
		}, List.of(NAME), ServerOptions.DEFAULT)).withMessageContaining("give the options the transports that know it");
	}

	@Test
	void whoConnectsThroughAClosedFactoryIsTold() {
		this.network.close();
		ConnectOptions connecting = ConnectOptions.builder().transports(this.network).build();
		assertThatIllegalStateException().isThrownBy(() -> Streams.openConnection(NAME, connecting))
			.withMessageContaining("closed");
		assertThat(Streams.openConnectionAsync(NAME, connecting)).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(IllegalStateException.class);
	}

	private ServerTransport listen() throws IOException {
		return bind(NAME, ServerTransportOptions.DEFAULT);
	}

	private ServerTransport bind(SocketAddress address, ServerTransportOptions settings) throws IOException {
		return this.network.bind(address, settings, this.acceptor);
	}

	private static ServerTransportOptions backlog(int backlog) {
		return ServerTransportOptions.builder().backlog(backlog).build();
	}

	private CompletableFuture<Transport> connect(Protocol protocol) {
		return connect(protocol, Duration.ofSeconds(10));
	}

	private CompletableFuture<Transport> connect(Protocol protocol, Duration timeout) {
		return this.network.connect(NAME, ClientTransportOptions.builder().timeout(timeout).build(), protocol);
	}

	private RecordingProtocol connected() throws Exception {
		RecordingProtocol client = new RecordingProtocol();
		connect(client).get(5, TimeUnit.SECONDS);
		return client;
	}

	/** A client of a server with such settings, which has accepted it. */
	private RecordingProtocol connectedTo(UnaryOperator<TransportOptions.Builder> settings) throws Exception {
		TransportOptions transport = settings.apply(TransportOptions.DEFAULT.toBuilder()).build();
		bind(NAME, ServerTransportOptions.builder().transport(transport).build()).start();
		RecordingProtocol client = connected();
		accepted(1);
		return client;
	}

	/** The server's end of the n-th connection. */
	private RecordingProtocol accepted(int n) {
		await().until(() -> this.acceptor.protocols.size() >= n && this.acceptor.protocols.get(n - 1).made.isDone());
		return this.acceptor.protocols.get(n - 1);
	}

	private int connections() {
		return this.network.loops().stream().mapToInt(LoopStatistics::connections).sum();
	}

	private void assertThatServerTimesOut(Phase phase) {
		RecordingProtocol server = accepted(1);
		await().until(server::isLost);
		assertThat(server.cause()).isInstanceOfSatisfying(ConnectionTimeoutException.class,
				(ex) -> assertThat(ex.phase()).isEqualTo(phase));
	}

	private static AbstractStringAssert<?> assertThatConnecting(CompletableFuture<Transport> connecting) {
		ConnectFailedException[] failure = new ConnectFailedException[1];
		assertThat(connecting).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(ConnectFailedException.class, (ex) -> failure[0] = ex);
		assertThat(failure[0].address()).isEqualTo(NAME);
		return assertThat(failure[0].getMessage().substring("Could not connect to memory:server: ".length()));
	}

	/** Fails at the start, or with the first data. */
	private static final class FailingProtocol implements Protocol {

		private final boolean atTheStart;

		FailingProtocol() {
			this(true);
		}

		FailingProtocol(boolean atTheStart) {
			this.atTheStart = atTheStart;
		}

		@Override
		public void connectionMade(Transport transport) {
			if (this.atTheStart) {
				throw new IllegalStateException("connectionMade");
			}
		}

		@Override
		public void dataReceived(ByteBuffer data) {
			throw new IllegalStateException("dataReceived");
		}

		@Override
		public boolean eofReceived() {
			return false;
		}

		@Override
		public void pauseWriting() {
		}

		@Override
		public void resumeWriting() {
		}

		@Override
		public void connectionLost(IOException cause) {
		}

	}

}
