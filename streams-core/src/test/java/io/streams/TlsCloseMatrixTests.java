package io.streams;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Every way in which a peer ends, in every phase of a server's connection, over every
 * kind of connection: how it is told, and that it is over soon.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(20)
class TlsCloseMatrixTests {

	/** All deadlines; a peer that does nothing at all is let go of after this. */
	private static final Duration DEADLINE = Duration.ofMillis(600);

	private static final Duration GRACE = Duration.ofSeconds(1);

	@TempDir
	Path directory;

	@ParameterizedTest(name = "{0}, {1}, {2}")
	@MethodSource("cells")
	void aConnectionEndsAsItShould(Kind kind, Phase phase, End end) throws Exception {
		RecordingListener events = new RecordingListener();
		try (TestNetwork network = new TestNetwork(kind.transport(), this.directory)) {
			StreamServer server = serve(network, kind, phase, events);
			try (Peer peer = Peer.connect(network, server, kind, phase)) {
				phase.await(events, server);
				end.happen(peer);
				long began = System.nanoTime();
				await().until(() -> isOver(events, server));
				Duration took = Duration.ofNanos(System.nanoTime() - began);
				assertThat(took).isLessThan(expectedTime(kind, phase, end).plus(GRACE));
				assertThat(outcomes(events)).as("outcome").isSubsetOf(expected(kind, phase, end));
			}
		}
	}

	static Stream<Arguments> cells() {
		return Arrays.stream(Kind.values())
			.flatMap((kind) -> Arrays.stream(Phase.values())
				.filter((phase) -> phase != Phase.HANDSHAKING || kind.isTls())
				.filter((phase) -> phase != Phase.START_TLS || !kind.isTls())
				.flatMap((phase) -> Arrays.stream(End.values())
					.filter((end) -> end.isPossible(kind, phase))
					.map((end) -> arguments(kind, phase, end))));
	}

	/** Why the connection ended, or that it never began. */
	private static Set<String> outcomes(RecordingListener events) {
		Stream<String> closed = events.closeReasons().stream().map(CloseReason::text);
		Stream<String> rejected = events.events("rejected").stream().map((event) -> "rejected");
		return Stream.concat(closed, rejected).collect(java.util.stream.Collectors.toSet());
	}

	private static boolean isOver(RecordingListener events, StreamServer server) {
		return events.count("closed") + events.count("rejected") > 0 && server.snapshot().activeConnections() == 0;
	}

	/** Where nothing of the end is seen, a deadline ends the connection. */
	private static Duration expectedTime(Kind kind, Phase phase, End end) {
		boolean told = end == End.RESET || end == End.FIN_THEN_RESET || phase == Phase.READING && end != End.FREEZE;
		// After the deadline, what is left may take its time once more, or linger.
		return told ? Duration.ZERO : DEADLINE.multipliedBy(2);
	}

	private static Set<String> expected(Kind kind, Phase phase, End end) {
		if (phase == Phase.HANDSHAKING) {
			return Set.of("rejected");
		}
		return switch (end) {
			// On a Unix socket a reset is a broken pipe, or an end.
			case RESET, FIN_THEN_RESET -> phase.resetOutcomes(kind);
			case FIN, HALF_CLOSE -> phase.finOutcomes(kind, end);
			case GOODBYE -> phase.finOutcomes(kind, end);
			case FREEZE -> Set.of("idle-timeout", "write-stall-timeout", "handshake-timeout");
		};
	}

	private static StreamServer serve(TestNetwork network, Kind kind, Phase phase, RecordingListener events)
			throws IOException {
		TlsOptions tls = TlsOptions.builder(TestIdentity.SERVER.context())
			.handshakeTimeout(DEADLINE)
			.shutdownTimeout(DEADLINE)
			.build();
		return network.with((options) -> options.listener(events).tls(kind.isTls() ? tls : null).limit(4096))
			.withTransport((settings) -> settings.idleTimeout(DEADLINE)
				.halfClosedTimeout(DEADLINE)
				.writeStallTimeout(DEADLINE)
				.closeTimeout(DEADLINE)
				.lingerTimeout(Duration.ofMillis(100))
				.sendBuffer(16 * 1024)
				.receiveBuffer(16 * 1024))
			.serve(phase.handler(tls));
	}

	/** What the connection is. */
	enum Kind {

		PLAIN, TLS_1_2, TLS_1_3, UNIX;

		TransportKind transport() {
			return (this == UNIX) ? TransportKind.UNIX : TransportKind.TCP;
		}

		boolean isTls() {
			return this == TLS_1_2 || this == TLS_1_3;
		}

		String version() {
			return (this == TLS_1_2) ? "TLSv1.2" : "TLSv1.3";
		}

	}

	/** What the server does when the peer ends. */
	enum Phase {

		/** Its handler is busy with something else. */
		IDLE((tls) -> (reader, writer) -> untilClosed(writer)),

		READING((tls) -> (reader, writer) -> {
			while (reader.read(1024).length > 0) {
				assertThat(writer).isNotNull();
			}
		}),

		/** The peer sent more than the handler reads. */
		PAUSED((tls) -> (reader, writer) -> {
			untilClosed(writer);
			drop(reader);
		}),

		DRAINING((tls) -> (reader, writer) -> {
			for (int i = 0; i < 10_000; i++) {
				writer.write(new byte[16 * 1024]);
				writer.drain();
			}
		}),

		HANDSHAKING((tls) -> (reader, writer) -> {
		}),

		START_TLS((tls) -> (reader, writer) -> {
			reader.readLine();
			writer.startTls(tls);
		});

		private final java.util.function.Function<TlsOptions, ConnectionHandler> handler;

		Phase(java.util.function.Function<TlsOptions, ConnectionHandler> handler) {
			this.handler = handler;
		}

		ConnectionHandler handler(TlsOptions tls) {
			return this.handler.apply(tls);
		}

		void await(RecordingListener events, StreamServer server) {
			org.awaitility.Awaitility.await().until(() -> switch (this) {
				case IDLE, READING -> events.count("opened") == 1;
				case PAUSED -> events.count("readingPaused") == 1;
				case DRAINING -> events.count("drainStarted") > 0;
				case HANDSHAKING -> server.snapshot().activeConnections() == 1;
				case START_TLS -> events.bytesReceived() > 0;
			});
		}

		Set<String> resetOutcomes(Kind kind) {
			if (kind == Kind.UNIX) {
				return Set.of("reset", "io-error", "closed", "handler-finished", "handler-failed", "idle-timeout",
						"half-closed-timeout", "write-stall-timeout", "tls-error");
			}
			return (this == START_TLS) ? Set.of("reset", "io-error", "tls-error", "handler-failed", "handler-finished")
					: Set.of("reset", "tls-error", "io-error", "handler-finished");
		}

		Set<String> finOutcomes(Kind kind, End end) {
			boolean truncated = kind.isTls() && end == End.FIN;
			return switch (this) {
				case READING -> truncated ? Set.of("tls-error") : Set.of("handler-finished", "closed");
				case IDLE -> truncated ? Set.of("tls-error")
						: Set.of("half-closed-timeout", "idle-timeout", "closed", "handler-finished");
				case PAUSED -> Set.of("idle-timeout", "half-closed-timeout", "write-stall-timeout");
				case DRAINING -> Set.of("write-stall-timeout", "half-closed-timeout", "idle-timeout", "tls-error",
						"close-timeout", "closed");
				case START_TLS -> Set.of("handler-finished", "io-error", "tls-error", "handler-failed");
				case HANDSHAKING -> Set.of("rejected");
			};
		}

		private static void untilClosed(StreamWriter writer) throws InterruptedException {
			CountDownLatch closed = new CountDownLatch(1);
			writer.waitClosedAsync().whenComplete((nothing, failure) -> closed.countDown());
			assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
		}

		/** Lets go of what was received. */
		private static void drop(StreamReader reader) throws IOException {
			while (reader.read(1024).length > 0) {
				assertThat(reader).isNotNull();
			}
		}

	}

	/** How the peer ends. */
	enum End {

		/** Its socket's output is shut down; over TLS, without a {@code close_notify}. */
		FIN,

		RESET,

		FIN_THEN_RESET,

		/** A {@code close_notify} and then the end of the socket's output. */
		GOODBYE,

		/** A {@code close_notify}, or the end of the output, and it goes on reading. */
		HALF_CLOSE,

		/** It does nothing any more. */
		FREEZE;

		boolean isPossible(Kind kind, Phase phase) {
			boolean needsSession = this == GOODBYE || this == HALF_CLOSE;
			return !needsSession || kind.isTls() && phase != Phase.HANDSHAKING;
		}

		void happen(Peer peer) throws IOException {
			switch (this) {
				case FIN -> peer.end();
				case RESET -> peer.reset();
				case FIN_THEN_RESET -> {
					peer.end();
					peer.reset();
				}
				case GOODBYE -> {
					peer.sayGoodbye();
					peer.end();
				}
				case HALF_CLOSE -> peer.sayGoodbye();
				case FREEZE -> {
				}
			}
		}

	}

	/** The peer: a raw socket, or the JDK's TLS over one. */
	private record Peer(RawClient raw, TlsPeer tls) implements AutoCloseable {

		static Peer connect(TestNetwork network, StreamServer server, Kind kind, Phase phase) throws Exception {
			if (kind.isTls() && phase != Phase.HANDSHAKING) {
				TlsPeer tls = TlsPeer.connect(server, TestIdentity.trusting(), kind.version());
				Peer peer = new Peer(null, tls);
				peer.fill(phase);
				return peer;
			}
			Peer peer = new Peer(network.connectRaw(server, 4096), null);
			if (phase == Phase.HANDSHAKING) {
				peer.raw.send(TlsServerTests.hello());
			}
			else if (phase == Phase.START_TLS) {
				peer.raw.send("STARTTLS\n");
			}
			peer.fill(phase);
			return peer;
		}

		/** Sends more than a server reads that does not read. */
		private void fill(Phase phase) throws IOException {
			if (phase == Phase.PAUSED) {
				String data = "x".repeat(12_000);
				if (this.tls != null) {
					this.tls.send(data);
				}
				else {
					this.raw.send(data);
				}
			}
		}

		void sayGoodbye() throws IOException {
			CompletableFuture<Void> said = CompletableFuture.runAsync(() -> {
				try {
					this.tls.tls().shutdownOutput();
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			}, (task) -> Thread.ofPlatform().daemon().start(task));
			said.orTimeout(5, TimeUnit.SECONDS).join();
		}

		void end() throws IOException {
			if (this.tls != null) {
				Socket plain = this.tls.plain();
				if (!plain.isOutputShutdown()) {
					plain.shutdownOutput();
				}
			}
			else {
				this.raw.shutdownOutput();
			}
		}

		void reset() throws IOException {
			if (this.tls != null) {
				this.tls.reset();
			}
			else if (this.raw.channel().getRemoteAddress() instanceof java.net.InetSocketAddress) {
				this.raw.reset();
			}
			else {
				this.raw.close();
			}
		}

		@Override
		public void close() throws IOException {
			if (this.tls != null) {
				this.tls.close();
			}
			else {
				this.raw.close();
			}
		}

	}

}
