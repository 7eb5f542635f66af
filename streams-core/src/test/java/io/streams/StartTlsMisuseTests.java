package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTransport;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.TransportInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * {@code startTls} at a time when it should not be called, or is disturbed: what it
 * throws, and whether the connection goes on in plain, goes on with TLS, or is gone. It
 * is one of the three within the handshake's timeout and a second, for clients and
 * servers; and a connection that is gone gives nothing more to read. The same table is in
 * {@code docs/decisions/tls.md}.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(20)
class StartTlsMisuseTests {

	/** Much more than the sockets below hold. */
	private static final int MUCH = 1024 * 1024;

	private static final int SMALL_BUFFER = 16 * 1024;

	private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

	@TempDir
	Path directory;

	private final CompletableFuture<StreamConnection> accepted = new CompletableFuture<>();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		this.network = new TestNetwork(TransportKind.TCP, this.directory)
			.with((options) -> options.sendBuffer(SMALL_BUFFER));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
	}

	@ParameterizedTest
	@MethodSource("matrix")
	void isDefined(State state, boolean server) throws Exception {
		Ends ends = open(server);
		long began = System.nanoTime();
		CompletableFuture<?> upgrade = state.attempt.begin(ends);
		if (state.error == null) {
			upgrade.get(HANDSHAKE_TIMEOUT.toMillis() + 1000, TimeUnit.MILLISECONDS);
		}
		else {
			assertThatThrownBy(() -> outcome(upgrade)).isInstanceOf(state.error)
				.satisfies((ex) -> assertThat(String.valueOf(ex.getMessage())).contains(state.message));
		}
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(HANDSHAKE_TIMEOUT.plusSeconds(1));
		state.aftermath.verify(ends);
	}

	static Stream<Arguments> matrix() {
		return Stream.of(State.values())
			.flatMap((state) -> Stream.of(false, true)
				.map((server) -> argumentSet(state + (server ? ", as a server" : ", as a client"), state, server)));
	}

	private Ends open(boolean server) throws Exception {
		StreamServer listening = this.network.serve((reader, writer) -> {
			this.accepted.complete(writer.connection());
			awaitEnd(writer);
		});
		StreamConnection client = this.network.connect(listening, (options) -> options.sendBuffer(SMALL_BUFFER));
		StreamConnection other = this.accepted.get(5, TimeUnit.SECONDS);
		TlsOptions clients = TlsOptions.builder(TestIdentity.trusting()).handshakeTimeout(HANDSHAKE_TIMEOUT).build();
		TlsOptions servers = TlsOptions.builder(TestIdentity.SERVER.context())
			.handshakeTimeout(HANDSHAKE_TIMEOUT)
			.build();
		return server ? new Ends(other, servers, client, clients, this.directory)
				: new Ends(client, clients, other, servers, this.directory);
	}

	private static void awaitEnd(StreamWriter writer) {
		try {
			writer.waitClosed();
		}
		catch (IOException ex) {
			assertThat(writer.isClosing()).isTrue();
		}
	}

	/** What came of it, without the wrapping. */
	private static void outcome(CompletableFuture<?> upgrade) throws Throwable {
		try {
			upgrade.get(HANDSHAKE_TIMEOUT.toMillis() + 1000, TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw ex.getCause();
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** When {@code startTls} is called, or what happens to it. */
	enum State {

		A_READ_WAITS(IllegalStateException.class, "readLine waits for data: let the read finish", Aftermath.PLAIN,
				(ends) -> {
					CompletableFuture<byte[]> reading = ends.victim.reader().readLineAsync();
					CompletableFuture<?> upgrade = ends.upgrade();
					assertThatThrownBy(() -> outcome(upgrade)).isInstanceOf(IllegalStateException.class);
					ends.peer.writer().write(bytes("still read\n"));
					assertThat(reading.get(5, TimeUnit.SECONDS)).asString().isEqualTo("still read\n");
					return upgrade;
				}),

		/** What was written goes out in plain, ahead of the handshake. */
		WRITES_ARE_NOT_DRAINED(null, "", Aftermath.SECURE, (ends) -> {
			ends.victim.writer().write(new byte[MUCH]);
			assertThat(ends.victim.snapshot().writing().buffered()).isPositive();
			CompletableFuture<?> upgrade = ends.upgrade();
			assertThat(ends.peer.reader().readExactly(MUCH)).hasSize(MUCH);
			return ends.withPeer(upgrade);
		}),

		/** Whoever waits for room is told of it by TLS. */
		A_DRAIN_WAITS(null, "", Aftermath.SECURE, (ends) -> {
			ends.victim.writer().write(new byte[MUCH]);
			CompletableFuture<?> drain = ends.victim.writer().drainAsync();
			assertThat(drain).isNotDone();
			CompletableFuture<?> upgrade = ends.upgrade();
			assertThat(ends.peer.reader().readExactly(MUCH)).hasSize(MUCH);
			return CompletableFuture.allOf(drain, ends.withPeer(upgrade));
		}),

		/** A pause is about data: the handshake is read, and nothing after it. */
		READING_IS_HELD(null, "", Aftermath.SECURE, (ends) -> {
			ends.victim.pauseReading();
			ends.withPeer(ends.upgrade()).get(5, TimeUnit.SECONDS);
			assertThat(ends.victim.writer().transport().isReading()).isFalse();
			ends.victim.resumeReading();
			return CompletableFuture.completedFuture(null);
		}),

		READING_IS_HELD_MEANWHILE(null, "", Aftermath.SECURE, (ends) -> {
			CompletableFuture<?> upgrade = ends.upgradeBegun();
			ends.victim.pauseReading();
			ends.withPeer(upgrade).get(5, TimeUnit.SECONDS);
			assertThat(ends.victim.writer().transport().isReading()).isFalse();
			ends.victim.resumeReading();
			return CompletableFuture.completedFuture(null);
		}),

		/**
		 * A server takes it for TLS, which it is not; a client does not take it at all.
		 */
		PLAIN_BYTES_ARE_UNREAD(SSLException.class, "", Aftermath.GONE, (ends) -> {
			ends.peer.writer().write(bytes("EVIL COMMAND\n"));
			await().until(() -> ends.victim.snapshot().reading().buffered() > 0);
			return ends.upgrade();
		}),

		/** More than the reader takes: it has paused its peer. */
		THE_READER_IS_FULL(SSLException.class, "", Aftermath.GONE, (ends) -> {
			ends.peer.writer().write(new byte[MUCH]);
			await().until(() -> ends.victim.snapshot().reading().pauses().paused());
			return ends.upgrade();
		}),

		TLS_IS_ON(IllegalStateException.class, "call it once", Aftermath.SECURE, (ends) -> {
			ends.withPeer(ends.upgrade()).get(5, TimeUnit.SECONDS);
			return ends.upgrade();
		}),

		A_HANDSHAKE_GOES_ON(IllegalStateException.class, "call it once", Aftermath.SECURE, (ends) -> {
			CompletableFuture<?> first = ends.upgradeBegun();
			CompletableFuture<?> second = ends.upgrade();
			ends.withPeer(first).get(5, TimeUnit.SECONDS);
			return second;
		}),

		/** What is written is neither sent in plain nor kept for later. */
		A_WRITE_IN_THE_HANDSHAKE(IllegalStateException.class, "the TLS handshake is in progress: wait for startTls",
				Aftermath.SECURE, (ends) -> {
					CompletableFuture<?> upgrade = ends.upgradeBegun();
					CompletableFuture<?> write = CompletableFuture
						.runAsync(() -> ends.victim.writer().write(bytes("neither\n")));
					assertThatThrownBy(() -> outcome(write)).isInstanceOf(IllegalStateException.class);
					ends.withPeer(upgrade).get(5, TimeUnit.SECONDS);
					return write;
				}),

		/** A read that is begun in the handshake gets what is sent after it. */
		A_READ_IN_THE_HANDSHAKE(null, "", Aftermath.SECURE, (ends) -> {
			CompletableFuture<?> upgrade = ends.upgradeBegun();
			CompletableFuture<byte[]> reading = ends.victim.reader().readLineAsync();
			ends.withPeer(upgrade).get(5, TimeUnit.SECONDS);
			ends.peer.writer().write(bytes("secret\n"));
			return reading.thenAccept((line) -> assertThat(line).asString().isEqualTo("secret\n"));
		}),

		AFTER_THE_OWN_END(IllegalStateException.class, "after writeEof()", Aftermath.PLAIN_TO_READ, (ends) -> {
			ends.victim.writer().writeEof();
			return ends.upgrade();
		}),

		/** Behind the writer's back, it is found out when the handshake is sent. */
		AFTER_THE_TRANSPORTS_END(IOException.class, "", Aftermath.GONE, (ends) -> {
			ends.victim.writer().transport().writeEof();
			CompletableFuture<?> upgrade = ends.upgrade();
			ends.peer.writer().abort();
			return upgrade;
		}),

		AFTER_THE_PEERS_END(ConnectionLostException.class, "whose peer has ended its side", Aftermath.GONE, (ends) -> {
			ends.peer.writer().write(bytes("EVIL\n"));
			ends.peer.writer().writeEof();
			await().until(() -> ends.victim.snapshot().inputEnded());
			return ends.upgrade();
		}),

		/** What was written before the close may still be on its way. */
		WHILE_CLOSING(ConnectionLostException.class, "closing", Aftermath.GONE, (ends) -> {
			ends.victim.writer().write(new byte[MUCH]);
			ends.victim.writer().close();
			CompletableFuture<?> upgrade = ends.upgrade();
			assertThatThrownBy(() -> outcome(upgrade)).isInstanceOf(IOException.class);
			assertThat(ends.peer.reader().readExactly(MUCH)).hasSize(MUCH);
			return upgrade;
		}),

		AFTER_THE_CLOSE(ConnectionLostException.class, "closing", Aftermath.GONE, (ends) -> {
			ends.victim.abort();
			await().until(ends.victim::isClosed);
			return ends.upgrade();
		}),

		CLOSED_IN_THE_HANDSHAKE(ConnectionLostException.class, "closed in the TLS handshake", Aftermath.GONE,
				(ends) -> {
					CompletableFuture<?> upgrade = ends.upgradeBegun();
					ends.victim.writer().close();
					return upgrade;
				}),

		ABORTED_IN_THE_HANDSHAKE(ConnectionLostException.class, "", Aftermath.GONE, (ends) -> {
			CompletableFuture<?> upgrade = ends.upgradeBegun();
			ends.victim.abort();
			return upgrade;
		}),

		CANCELLED_AT_ONCE(CancellationException.class, "", Aftermath.GONE, (ends) -> {
			CompletableFuture<?> upgrade = ends.upgrade();
			upgrade.cancel(false);
			return upgrade;
		}),

		CANCELLED_HALF_WAY(CancellationException.class, "", Aftermath.GONE, (ends) -> {
			CompletableFuture<?> upgrade = ends.upgradeBegun();
			upgrade.cancel(false);
			return upgrade;
		}),

		INTERRUPTED_HALF_WAY(InterruptedIOException.class, "startTls was interrupted", Aftermath.GONE, (ends) -> {
			CompletableFuture<?> upgrade = new CompletableFuture<>();
			Thread blocked = Thread.ofVirtual().start(() -> {
				try {
					ends.victim.writer().startTls(ends.victimOptions);
				}
				catch (IOException ex) {
					upgrade.completeExceptionally(ex);
				}
			});
			ends.awaitHandshake();
			blocked.interrupt();
			return upgrade;
		}),

		THE_PEER_IS_SILENT(ConnectionTimeoutException.class, "handshake was not finished for 300 ms", Aftermath.GONE,
				(ends) -> ends.victim.writer()
					.startTlsAsync(TlsOptions.builder(ends.victimOptions.context())
						.handshakeTimeout(Duration.ofMillis(300))
						.build())),

		THE_PEER_ENDS_HALF_WAY(ConnectionLostException.class, "in the TLS handshake", Aftermath.GONE, (ends) -> {
			CompletableFuture<?> upgrade = ends.upgradeBegun();
			ends.peer.writer().writeEof();
			return upgrade;
		}),

		A_FILE_IS_SENT(IllegalStateException.class, "transferFrom is in progress", Aftermath.PLAIN, (ends) -> {
			CompletableFuture<?> transfer = CompletableFuture.runAsync(() -> sendFile(ends),
					(task) -> Thread.ofVirtual().start(task));
			await().until(() -> ends.victim.snapshot().writing().pauses().paused());
			CompletableFuture<?> upgrade = ends.upgrade();
			assertThatThrownBy(() -> outcome(upgrade)).isInstanceOf(IllegalStateException.class);
			assertThat(ends.peer.reader().readExactly(MUCH)).hasSize(MUCH);
			transfer.get(5, TimeUnit.SECONDS);
			return upgrade;
		}),

		ON_THE_EVENT_LOOP(IllegalStateException.class, "call startTlsAsync", Aftermath.PLAIN,
				(ends) -> CompletableFuture.runAsync(() -> {
					try {
						ends.victim.writer().startTls(ends.victimOptions);
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
				}, ends.victim.writer().transport().loop())),

		/** Nothing is taken from the reader for what cannot work. */
		THE_OPTIONS_DO_NOT_FIT(IllegalArgumentException.class, "TLSv9", Aftermath.PLAIN, (ends) -> {
			ends.peer.writer().write(bytes("unread\n"));
			await().until(() -> ends.victim.snapshot().reading().buffered() > 0);
			CompletableFuture<?> upgrade = ends.victim.writer()
				.startTlsAsync(TlsOptions.builder(ends.victimOptions.context()).protocols(List.of("TLSv9")).build());
			assertThatThrownBy(() -> outcome(upgrade)).isInstanceOf(IllegalArgumentException.class);
			assertThat(ends.victim.reader().readLine()).asString().isEqualTo("unread\n");
			return upgrade;
		}),

		THERE_IS_NO_CONTEXT(SSLException.class, "no context for the TLS handshake", Aftermath.GONE,
				(ends) -> ends.victim.writer().startTlsAsync(TlsOptions.builder(State::noContext).build()));

		private final @Nullable Class<? extends Throwable> error;

		private final String message;

		private final Aftermath aftermath;

		private final Attempt attempt;

		State(@Nullable Class<? extends Throwable> error, String message, Aftermath aftermath, Attempt attempt) {
			this.error = error;
			this.message = message;
			this.aftermath = aftermath;
			this.attempt = attempt;
		}

		private static SSLContext noContext() {
			throw new UncheckedIOException(new IOException("the file is gone"));
		}

		private static void sendFile(Ends ends) {
			Path path = ends.directory.resolve("file");
			try {
				Files.write(path, new byte[MUCH]);
				try (FileChannel file = FileChannel.open(path)) {
					ends.victim.writer().transferFrom(file, 0);
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** Brings a state about. */
	private interface Attempt {

		/** Returns what comes of the call that the state is about. */
		CompletableFuture<?> begin(Ends ends) throws Exception;

	}

	/** What is left of the connection. */
	private enum Aftermath {

		PLAIN {

			@Override
			void verify(Ends ends) throws Exception {
				PLAIN_TO_READ.verify(ends);
				assertPasses(ends.victim, ends.peer);
			}

		},

		/** As an end of the own side leaves it. */
		PLAIN_TO_READ {

			@Override
			void verify(Ends ends) throws Exception {
				assertThat(ends.victim.info().get(TransportInfo.TLS_SESSION)).isNull();
				assertPasses(ends.peer, ends.victim);
			}

		},

		SECURE {

			@Override
			void verify(Ends ends) throws Exception {
				assertThat(ends.victim.info().get(TransportInfo.TLS_SESSION)).isNotNull();
				assertPasses(ends.peer, ends.victim);
				assertPasses(ends.victim, ends.peer);
			}

		},

		GONE {

			@Override
			void verify(Ends ends) throws Exception {
				assertNothingIsRead(ends.victim.reader());
				// The peer may have got an alert, and has to take it.
				readToEnd(ends.peer.reader());
				await().until(ends.victim::isClosed);
				assertNothingIsRead(ends.victim.reader());
				assertThatThrownBy(() -> {
					ends.victim.writer().write(bytes("dropped"));
					ends.victim.writer().drain();
				}).isInstanceOfAny(IOException.class, IllegalStateException.class);
			}

		};

		abstract void verify(Ends ends) throws Exception;

		private static void assertPasses(StreamConnection from, StreamConnection to) throws IOException {
			from.writer().write(bytes("goes on\n"));
			assertThat(to.reader().readLine()).asString().isEqualTo("goes on\n");
		}

		private static void readToEnd(StreamReader reader) {
			try {
				while (reader.read(16 * 1024).length > 0) {
					assertThat(reader).isNotNull();
				}
			}
			catch (IOException ex) {
				// A reset is an end.
				assertThat(reader.atEof()).isFalse();
			}
		}

		/** Neither what came in plain, nor its end, which could be anybody's. */
		private static void assertNothingIsRead(StreamReader reader) {
			assertThatThrownBy(reader::read).isInstanceOf(IOException.class)
				.isNotInstanceOf(IncompleteReadException.class);
			assertThatThrownBy(reader::readLine).isInstanceOf(IOException.class)
				.isNotInstanceOf(IncompleteReadException.class);
		}

	}

	/** Who calls {@code startTls}, and the other one. */
	private record Ends(StreamConnection victim, TlsOptions victimOptions, StreamConnection peer,
			TlsOptions peerOptions, Path directory) {

		CompletableFuture<?> upgrade() {
			return this.victim.writer().startTlsAsync(this.victimOptions);
		}

		/** An upgrade whose peer has yet to do its part. */
		CompletableFuture<?> upgradeBegun() {
			CompletableFuture<?> upgrade = upgrade();
			awaitHandshake();
			return upgrade;
		}

		void awaitHandshake() {
			await().until(() -> this.victim.writer().transport() instanceof TlsTransport);
		}

		/** The peer does its part. */
		CompletableFuture<?> withPeer(CompletableFuture<?> upgrade) {
			return CompletableFuture.allOf(upgrade, this.peer.writer().startTlsAsync(this.peerOptions));
		}

	}

}
