package io.streams.memory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.streams.transport.ClientTransportOptions;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.ConnectionTimeoutException.Phase;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.Transport;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Deadlines of minutes, on a clock that the test moves.
 */
@Timeout(20)
class VirtualClockTests {

	private static final MemoryAddress NAME = MemoryAddress.of("server");

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final VirtualClock clock = VirtualClock.create();

	private final MemoryTransportFactory network = MemoryTransportFactory.builder().clock(this.clock).build();

	private final RecordingAcceptor acceptor = new RecordingAcceptor();

	@AfterEach
	void close() {
		this.network.close();
	}

	@Test
	void anIdleConnectionEndsAtItsTime() throws Exception {
		RecordingProtocol client = connectedTo((options) -> options.idleTimeout(MINUTE));
		RecordingProtocol server = accepted();
		this.clock.advance(MINUTE.minus(SECOND));
		client.write("alive");
		await().until(() -> server.calls.contains("data alive"));
		this.clock.advance(MINUTE.minus(SECOND));
		awaitTurns(server.transport());
		assertThat(server.isLost()).as("the byte restarted the timeout").isFalse();
		this.clock.advance(SECOND);
		assertTimedOut(server, Phase.IDLE);
	}

	@Test
	void aPeerThatTakesNothingEndsAtItsTime() throws Exception {
		RecordingProtocol client = connectedTo((options) -> options.writeStallTimeout(MINUTE));
		RecordingProtocol server = accepted();
		client.transport().pauseReading();
		server.write("x");
		awaitTurns(server.transport());
		assertThat(server.isLost()).isFalse();
		passInSteps(server, MINUTE);
		assertTimedOut(server, Phase.WRITE_STALL);
		passInSteps(client, SECOND);
		await().until(client::isLost);
		assertThat(client.cause()).isInstanceOf(ConnectionResetException.class);
	}

	@Test
	void aHalfClosedConnectionEndsAtItsTime() throws Exception {
		RecordingProtocol client = connectedTo((options) -> options.halfClosedTimeout(MINUTE));
		RecordingProtocol server = accepted();
		client.transport().writeEof();
		await().until(() -> server.calls.contains("eof"));
		this.clock.advance(MINUTE.minus(SECOND));
		awaitTurns(server.transport());
		assertThat(server.isLost()).isFalse();
		this.clock.advance(SECOND);
		assertTimedOut(server, Phase.HALF_CLOSED);
	}

	@Test
	void lingeringEndsAtItsTime() throws Exception {
		connectedTo((options) -> options.lingerTimeout(MINUTE));
		RecordingProtocol server = accepted();
		server.transport().close();
		await().until(() -> server.transport().state() == TransportState.LINGERING);
		passInSteps(server, MINUTE);
		await().until(server::isLost);
		assertThat(server.cause()).isNull();
	}

	@Test
	void aConnectThatWaitsInTheBacklogEndsAtItsTime() throws Exception {
		this.network.bind(NAME, ServerTransportOptions.builder().backlog(1).build(), this.acceptor);
		connect(new RecordingProtocol()).get(5, TimeUnit.SECONDS);
		RecordingProtocol second = new RecordingProtocol();
		CompletableFuture<Transport> waiting = connect(second);
		this.clock.advance(MINUTE.minus(SECOND));
		assertThat(waiting).isNotDone();
		await().until(() -> {
			this.clock.advance(SECOND);
			return waiting.isDone();
		});
		assertThat(waiting).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(ConnectFailedException.class)
			.withMessageContaining("no answer within 60000 ms");
	}

	@Test
	void bytesOnASlowLinkArriveAtTheirTime() throws Exception {
		FaultPlan plan = FaultPlan.builder().delay(MINUTE).build();
		try (MemoryTransportFactory slow = MemoryTransportFactory.builder().clock(this.clock).faults(plan).build()) {
			slow.bind(NAME, ServerTransportOptions.DEFAULT, this.acceptor).start();
			RecordingProtocol client = new RecordingProtocol();
			slow.connect(NAME, ClientTransportOptions.DEFAULT, client).get(5, TimeUnit.SECONDS);
			RecordingProtocol server = accepted();
			client.write("x");
			await().until(() -> client.transport().writeBufferSize() == 0);
			this.clock.advance(MINUTE.minus(SECOND));
			awaitTurns(server.transport());
			assertThat(server.calls).isEqualTo(List.of("made"));
			this.clock.advance(SECOND);
			await().until(() -> server.calls.equals(List.of("made", "data x")));
		}
	}

	@Test
	void theClockMovesForwardOnly() {
		long before = this.clock.nanoTime();
		assertThatIllegalArgumentException().isThrownBy(() -> this.clock.advance(Duration.ZERO));
		this.clock.advance(SECOND);
		assertThat(this.clock.nanoTime() - before).isEqualTo(SECOND.toNanos());
	}

	/** Moves the clock a little at a time, as progress is looked for within a timeout. */
	private void passInSteps(RecordingProtocol protocol, Duration time) throws Exception {
		for (int i = 0; i < 8; i++) {
			this.clock.advance(time.dividedBy(4));
			awaitTurns(protocol.transport());
		}
	}

	private static void awaitTurns(Transport transport) throws Exception {
		for (int i = 0; i < 3; i++) {
			CompletableFuture.runAsync(() -> {
			}, transport.loop()).get(5, TimeUnit.SECONDS);
		}
	}

	private CompletableFuture<Transport> connect(RecordingProtocol protocol) {
		return this.network.connect(NAME, ClientTransportOptions.builder().timeout(MINUTE).build(), protocol);
	}

	private RecordingProtocol connectedTo(UnaryOperator<TransportOptions.Builder> options) throws Exception {
		TransportOptions transport = options.apply(TransportOptions.DEFAULT.toBuilder()).build();
		listen(transport);
		RecordingProtocol client = new RecordingProtocol();
		connect(client).get(5, TimeUnit.SECONDS);
		accepted();
		return client;
	}

	private void listen(TransportOptions transport) throws IOException {
		this.network.bind(NAME, ServerTransportOptions.builder().transport(transport).build(), this.acceptor).start();
	}

	private RecordingProtocol accepted() {
		await().until(() -> !this.acceptor.protocols.isEmpty() && this.acceptor.protocols.getFirst().made.isDone());
		return this.acceptor.protocols.getFirst();
	}

	private static void assertTimedOut(RecordingProtocol protocol, Phase phase) {
		await().until(protocol::isLost);
		assertThat(protocol.cause()).isInstanceOfSatisfying(ConnectionTimeoutException.class,
				(ex) -> assertThat(ex.phase()).isEqualTo(phase));
	}

}
