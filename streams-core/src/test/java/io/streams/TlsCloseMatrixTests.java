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
import org.junit.jupiter.api.Tag;
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
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(20)
class TlsCloseMatrixTests {

	/** Of a handshake, of a peer that takes nothing, and of a close. */
	private static final Duration DEADLINE = Duration.ofMillis(600);

	/** Of a connection whose peer has ended its side. */
	private static final Duration HALF_CLOSED_DEADLINE = Duration.ofMillis(900);

	/** Of a connection on which nothing happens. */
	private static final Duration IDLE_DEADLINE = Duration.ofMillis(1200);

	private static final Duration GRACE = Duration.ofSeconds(1);

	/**
	 * How each connection is told to have ended. A dash: a peer that speaks no TLS has no
	 * goodbye, its half-close is its FIN, and TLS does not begin twice.
	 * <p>
	 * While a server writes, a reset is seen by its next write or its next read, and to
	 * the other the kernel shows an end: over TLS that is a truncation. The race is the
	 * kernel's. On a Unix socket a peer that closes with everything read leaves an end,
	 * and a broken pipe to whoever writes.
	 */
	private static final String OUTCOMES = """
			kind    phase       FIN                 RESET            FIN_THEN_RESET  GOODBYE             HALF_CLOSE          FREEZE
			PLAIN   IDLE        half-closed-timeout reset            reset           -                   -                   idle-timeout
			PLAIN   READING     handler-finished    reset            handler-finished -                  -                   idle-timeout
			PLAIN   PAUSED      idle-timeout        reset            reset           -                   -                   idle-timeout
			PLAIN   DRAINING    write-stall-timeout reset            reset           -                   -                   write-stall-timeout
			PLAIN   START_TLS   tls-error           tls-error        tls-error       -                   -                   handshake-timeout
			TLS_1_2 IDLE        tls-error           reset            tls-error       half-closed-timeout half-closed-timeout idle-timeout
			TLS_1_2 READING     tls-error           reset            tls-error       handler-finished    handler-finished    idle-timeout
			TLS_1_2 PAUSED      idle-timeout        reset            reset           idle-timeout        idle-timeout        idle-timeout
			TLS_1_2 DRAINING    tls-error           reset/tls-error  tls-error       write-stall-timeout write-stall-timeout write-stall-timeout
			TLS_1_2 HANDSHAKING rejected            rejected         rejected        -                   -                   rejected
			TLS_1_3 IDLE        tls-error           reset            tls-error       half-closed-timeout half-closed-timeout idle-timeout
			TLS_1_3 READING     tls-error           reset            tls-error       handler-finished    handler-finished    idle-timeout
			TLS_1_3 PAUSED      idle-timeout        reset            reset           idle-timeout        idle-timeout        idle-timeout
			TLS_1_3 DRAINING    tls-error           reset/tls-error  tls-error       write-stall-timeout write-stall-timeout write-stall-timeout
			TLS_1_3 HANDSHAKING rejected            rejected         rejected        -                   -                   rejected
			UNIX    IDLE        half-closed-timeout closed           closed          -                   -                   idle-timeout
			UNIX    READING     handler-finished    handler-finished handler-finished -                  -                   idle-timeout
			UNIX    PAUSED      idle-timeout        idle-timeout     idle-timeout    -                   -                   idle-timeout
			UNIX    DRAINING    write-stall-timeout reset            reset           -                   -                   write-stall-timeout
			UNIX    START_TLS   tls-error           tls-error        tls-error       -                   -                   handshake-timeout
			""";

	@TempDir
	Path directory;

	@ParameterizedTest(name = "{0}, {1}, {2}: {3}")
	@MethodSource("cells")
	void aConnectionEndsAsItShould(Kind kind, Phase phase, End end, String outcome) throws Exception {
		RecordingListener events = new RecordingListener();
		try (TestNetwork network = new TestNetwork(kind.transport(), this.directory)) {
			StreamServer server = serve(network, kind, phase, events);
			try (Peer peer = Peer.connect(network, server, kind, phase)) {
				phase.await(events, server);
				end.happen(peer);
				long began = System.nanoTime();
				await().until(() -> isOver(events, server));
				Duration took = Duration.ofNanos(System.nanoTime() - began);
				assertThat(took).isLessThan(longest(phase, outcome));
				assertThat(outcomes(events)).hasSize(1).isSubsetOf(outcome.split("/"));
			}
		}
	}

	static Stream<Arguments> cells() {
		return OUTCOMES.lines().skip(1).flatMap((line) -> {
			String[] cells = line.split(" +");
			Kind kind = Kind.valueOf(cells[0]);
			Phase phase = Phase.valueOf(cells[1]);
			return Arrays.stream(End.values())
				.filter((end) -> !cells[2 + end.ordinal()].equals("-"))
				.map((end) -> arguments(kind, phase, end, cells[2 + end.ordinal()]));
		});
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

	/** Within a second, unless a deadline has to end it. */
	private static Duration longest(Phase phase, String outcome) {
		Duration deadline = switch (outcome) {
			case "idle-timeout" -> IDLE_DEADLINE;
			case "half-closed-timeout" -> HALF_CLOSED_DEADLINE;
			case "handshake-timeout", "rejected" -> DEADLINE;
			// What is left to send may take its time once more.
			default -> (phase == Phase.DRAINING) ? DEADLINE.multipliedBy(2) : Duration.ZERO;
		};
		return deadline.plus(GRACE);
	}

	private static StreamServer serve(TestNetwork network, Kind kind, Phase phase, RecordingListener events)
			throws IOException {
		TlsOptions tls = TlsOptions.builder(TestIdentity.SERVER.context())
			.handshakeTimeout(DEADLINE)
			.shutdownTimeout(DEADLINE)
			.build();
		return network.with((options) -> options.listener(events).tls(kind.isTls() ? tls : null).limit(4096))
			.with((options) -> options.idleTimeout(IDLE_DEADLINE)
				.halfClosedTimeout(HALF_CLOSED_DEADLINE)
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

		void happen(Peer peer) throws IOException {
			switch (this) {
				case FIN -> peer.end();
				case RESET -> peer.reset();
				case FIN_THEN_RESET -> {
					peer.end();
					// Long enough for the end to be seen, where anybody looks
					await().pollDelay(Duration.ofMillis(50)).until(() -> true);
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
				TlsPeer tls = TlsPeer.over(smallSocket(server), TestIdentity.trusting(), kind.version(), (socket) -> {
				});
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

		/** One that is full soon. */
		private static Socket smallSocket(StreamServer server) throws IOException {
			Socket socket = new Socket();
			socket.setReceiveBufferSize(4096);
			socket.connect(server.addresses().getFirst());
			return socket;
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
