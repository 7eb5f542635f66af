package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import io.streams.memory.MemoryEnd;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * TLS that begins in the middle of a connection, and what must never be read after it.
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class StartTlsTests {

	private static final int MEMORY_ATTEMPTS = 10_000;

	private static final TlsOptions SERVER = server(UnaryOperator.identity());

	private static final TlsOptions CLIENT = client(UnaryOperator.identity());

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	/** What a server's handler read after its upgrade, or why there was none. */
	private final CompletableFuture<String> after = new CompletableFuture<>();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		this.network = new TestNetwork(TransportKind.TCP, this.directory)
			.with((options) -> options.listener(this.events));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void bothSidesUpgrade(String version) throws Exception {
		CompletableFuture<SSLSession> session = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			upgrade(reader, writer);
			session.complete(writer.connection().info().get(TransportInfo.TLS_SESSION));
			writer.write(reader.readLine());
		});
		StreamConnection client = this.network.connect(server);
		assertThat(client.info().get(TransportInfo.TLS_SESSION)).isNull();
		client.writer().write(bytes("STARTTLS\n"));
		assertThat(client.reader().readLine()).asString().isEqualTo("go\n");
		client.writer().startTls(client((tls) -> tls.protocols(List.of(version))));
		client.writer().write(bytes("secret\n"));
		assertThat(client.reader().readLine()).asString().isEqualTo("secret\n");
		assertThat(client.reader().read()).isEmpty();
		assertThat(session.get().getProtocol()).isEqualTo(version);
		assertThat(client.remoteAddress()).isEqualTo(server.addresses().getFirst());
	}

	@Test
	void aHelloInTheSameSegmentAsAPlainHeaderIsNotLost() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			assertThat(reader.readLine()).asString().startsWith("PROXY ");
			writer.startTls(SERVER);
			writer.write(reader.readLine());
		});
		try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
				TlsPeer peer = TlsPeer.over(new PrefixedSocket(plain, bytes("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n")),
						TestIdentity.trusting(), "TLSv1.3", (socket) -> {
						})) {
			peer.send("hello\n");
			assertThat(peer.readLine()).isEqualTo("hello");
		}
	}

	@ParameterizedTest(name = "then a handshake: {0}")
	@ValueSource(booleans = { false, true })
	void whatAClientInjectsIsNeverRead(boolean thenHandshake) throws Exception {
		StreamServer server = this.network.serve(this::upgradeAndRead);
		byte[] hello = thenHandshake ? TlsServerTests.hello() : new byte[0];
		RawClient client = this.network.connectRaw(server);
		client.send(join(bytes("STARTTLS\nEVIL\n"), hello));
		assertThat(client.readLine()).isEqualTo("go");
		client.readToEnd();
		assertThat(this.after.get()).startsWith("refused");
	}

	@Test
	void whatAServerInjectsIsNeverRead() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.write(bytes("go\nEVIL\n"));
			writer.startTls(SERVER);
		});
		StreamConnection client = this.network.connect(server);
		client.writer().write(bytes("STARTTLS\n"));
		assertThat(client.reader().readLine()).asString().isEqualTo("go\n");
		await().until(() -> client.snapshot().reading().buffered() == 5);
		assertThatExceptionOfType(SSLException.class).isThrownBy(() -> client.writer().startTls(CLIENT))
			.withMessageContaining("5 bytes in plain");
		assertThatThrownBy(() -> client.reader().readLine()).isInstanceOf(SSLException.class);
		assertThatThrownBy(() -> client.reader().read()).isInstanceOf(SSLException.class);
		await().until(() -> this.events.count("closed") == 1);
	}

	/** A byte that arrives at any time before the handshake, in memory: many times. */
	@ParameterizedTest(name = "into a server: {0}")
	@ValueSource(booleans = { true, false })
	void injectionInMemoryIsNeverRead(boolean server) throws Exception {
		for (int i = 0; i < MEMORY_ATTEMPTS; i++) {
			MemoryEnd[] ends = MemoryEnd.pair(1 + i % 16);
			StreamReaderProtocol victim = protocol(server ? "server" : null);
			Transport attacker = ends[0].open(new Attacker());
			ends[1].open(victim);
			int spins = i % 50;
			attacker.write(ByteBuffer.wrap(bytes("x\n")));
			Thread.startVirtualThread(() -> {
				for (int k = 0; k < spins; k++) {
					Thread.onSpinWait();
				}
				attacker.write(ByteBuffer.wrap(bytes("EVIL\n")));
			});
			StreamConnection connection = victim.connection();
			assertThat(connection.reader().readLine()).asString().isEqualTo("x\n");
			assertThatThrownBy(() -> connection.writer()
				.startTls(server ? SERVER : client((tls) -> tls.serverHostname("localhost"))))
				.isInstanceOf(IOException.class);
			assertNothingIsRead(connection.reader());
			attacker.abort();
			connection.abort();
		}
	}

	private static StreamReaderProtocol protocol(String serverName) {
		ConnectionContext owner = new ConnectionContext() {

			@Override
			public StreamListener listener() {
				return StreamListener.NONE;
			}

			@Override
			public String serverName() {
				return serverName;
			}

			@Override
			public void opened(StreamConnection connection) {
			}

		};
		return new StreamReaderProtocol(owner, new StreamReader());
	}

	@Test
	void aReadThatWaitsForbidsTheUpgrade() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		CompletableFuture<byte[]> reading = client.reader().readLineAsync();
		assertThatIllegalStateException().isThrownBy(() -> client.writer().startTls(CLIENT))
			.withMessageContaining("waits for data");
		assertThat(reading).isNotDone();
		assertThat(client.writer().isClosing()).isFalse();
	}

	@Test
	void anUpgradeIsMadeOnce() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			upgrade(reader, writer);
			reader.read();
		});
		StreamConnection client = this.network.connect(server);
		client.writer().write(bytes("STARTTLS\n"));
		client.reader().readLine();
		CompletableFuture<Void> first = client.writer().startTlsAsync(CLIENT);
		CompletableFuture<Void> second = client.writer().startTlsAsync(CLIENT);
		assertThat(second).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContaining("once");
		first.get(5, TimeUnit.SECONDS);
		assertThatIllegalStateException().isThrownBy(() -> client.writer().startTls(CLIENT));
	}

	@Test
	void whileClosingThereIsNoUpgrade() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		client.writer().close();
		assertThatThrownBy(() -> client.writer().startTls(CLIENT)).isInstanceOf(IOException.class);
	}

	@Test
	void afterThePeersEndThereIsNoUpgrade() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve((reader, writer) -> {
		}));
		assertThat(client.reader().read()).isEmpty();
		assertThatThrownBy(() -> client.writer().startTls(CLIENT)).isInstanceOf(IOException.class);
	}

	@ParameterizedTest(name = "ahead of the end: {0}")
	@ValueSource(strings = { "", "EVIL", "EVIL\n" })
	void afterAFailedUpgradeNotEvenTheEndIsRead(String ahead) throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write(bytes("go\n" + ahead));
			writer.writeEof();
			ignore(reader, writer);
		});
		StreamConnection client = this.network.connect(server);
		assertThat(client.reader().readLine()).asString().isEqualTo("go\n");
		await().until(() -> client.snapshot().inputEnded());
		assertThatThrownBy(() -> client.writer().startTls(CLIENT)).isInstanceOf(ConnectionLostException.class);
		assertNothingIsRead(client.reader());
		await().until(client::isClosed);
		assertNothingIsRead(client.reader());
	}

	/** The close would tell the same failure once more, which Java refuses. */
	@Test
	void aFailedUpgradeIsToldOnceByATryWithResources() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.readLine();
			writer.startTls(SERVER);
		});
		TlsOptions distrusting = TlsOptions.builder(SSLContext.getDefault()).verifyHostname(false).build();
		for (int i = 0; i < 20; i++) {
			assertThatThrownBy(() -> {
				try (StreamConnection client = this.network.connect(server)) {
					client.writer().write("\n".getBytes(StandardCharsets.US_ASCII));
					client.writer().startTls(distrusting);
				}
			}).isInstanceOf(SSLException.class);
		}
	}

	@Test
	void anUpgradeThatFailsEndsTheReadThatWaits() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		CompletableFuture<Void> upgrade = client.writer()
			.startTlsAsync(client((tls) -> tls.handshakeTimeout(Duration.ofMillis(300))));
		await().until(() -> this.events.bytesReceived() > 0);
		CompletableFuture<byte[]> reading = client.reader().readAsync();
		assertThat(reading).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(ConnectionTimeoutException.class);
		assertThat(upgrade).failsWithin(Duration.ofSeconds(5));
	}

	@Test
	void aClosedUpgradeIsAFailedOneForReads() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		CompletableFuture<Void> upgrade = client.writer().startTlsAsync(CLIENT);
		client.writer().close();
		assertThat(upgrade).failsWithin(Duration.ofSeconds(5));
		assertNothingIsRead(client.reader());
	}

	@Test
	void whatWasNotDrainedGoesInPlainBeforeTheHandshake() throws Exception {
		int length = 1024 * 1024;
		StreamServer server = this.network.with((options) -> options.sendBuffer(16 * 1024)).serve((reader, writer) -> {
			writer.write(new byte[length]);
			// The write buffer is paused; the upgrade carries that over.
			writer.startTls(SERVER);
			writer.write(bytes("secret\n"));
			writer.drain();
			this.after.complete("drained");
		});
		try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			assertThat(plain.getInputStream().readNBytes(length)).hasSize(length);
			try (TlsPeer peer = TlsPeer.over(plain, TestIdentity.trusting(), "TLSv1.3", (socket) -> {
			})) {
				assertThat(peer.readLine()).isEqualTo("secret");
				// Before the peer leaves: nobody drains to one that has gone.
				assertThat(this.after.get(5, TimeUnit.SECONDS)).isEqualTo("drained");
			}
		}
		assertThat(this.events.count("writingPaused")).isEqualTo(this.events.count("writingResumed")).isPositive();
	}

	@Test
	void nothingCanBeWrittenInTheHandshake() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		CompletableFuture<Void> upgrade = client.writer().startTlsAsync(CLIENT);
		await().until(() -> this.events.bytesReceived() > 0);
		assertThatIllegalStateException().isThrownBy(() -> client.writer().write(bytes("plain?")))
			.withMessageContaining("handshake");
		upgrade.cancel(false);
	}

	@Test
	void aCancelledUpgradeAbortsTheConnection() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		CompletableFuture<Void> upgrade = client.writer().startTlsAsync(CLIENT);
		upgrade.cancel(false);
		await().until(client::isClosed);
	}

	@Test
	void anInterruptedUpgradeAbortsTheConnection() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		Thread thread = Thread.ofVirtual().start(() -> {
			try {
				client.writer().startTls(CLIENT);
			}
			catch (IOException ex) {
				failure.complete(ex);
			}
		});
		await().until(() -> this.events.bytesReceived() > 0);
		thread.interrupt();
		assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
		await().until(client::isClosed);
	}

	@Test
	void aClosedUpgradeFails() throws Exception {
		StreamConnection client = this.network.connect(this.network.serve(StartTlsTests::ignore));
		CompletableFuture<Void> upgrade = client.writer().startTlsAsync(CLIENT);
		await().until(() -> this.events.bytesReceived() > 0);
		client.writer().close();
		assertThat(client.writer().isClosing()).isTrue();
		assertThatThrownBy(() -> upgrade.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
			.hasCauseInstanceOf(IOException.class);
		await().until(client::isClosed);
	}

	@ParameterizedTest(name = "{0}")
	@EnumSource(Answer.class)
	void anUpgradeThatThePeerDoesNotWantFails(Answer answer) throws Exception {
		StreamServer server = this.network.serve(answer.handler);
		StreamConnection client = this.network.connect(server);
		long began = System.nanoTime();
		assertThatThrownBy(
				() -> client.writer().startTls(client((tls) -> tls.handshakeTimeout(Duration.ofMillis(300)))))
			.isInstanceOf(IOException.class);
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1300));
		assertThatThrownBy(() -> client.reader().read()).isInstanceOf(IOException.class);
		assertThatThrownBy(() -> client.writer().waitClosed()).isInstanceOf(IOException.class);
	}

	/** Takes whatever comes. */
	private static void ignore(StreamReader reader, StreamWriter writer) throws IOException {
		while (reader.read(16 * 1024).length > 0) {
			assertThat(writer).isNotNull();
		}
	}

	private void upgradeAndRead(StreamReader reader, StreamWriter writer) throws IOException {
		try {
			upgrade(reader, writer);
			this.after.complete(new String(reader.read(), StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			assertThatThrownBy(reader::read).isInstanceOf(IOException.class);
			this.after.complete("refused: " + ex);
		}
	}

	private static void upgrade(StreamReader reader, StreamWriter writer) throws IOException {
		assertThat(reader.readLine()).asString().isEqualTo("STARTTLS\n");
		writer.write(bytes("go\n"));
		writer.startTls(SERVER);
	}

	private static TlsOptions server(UnaryOperator<TlsOptions.Builder> tls) {
		return tls.apply(TlsOptions.builder(TestIdentity.SERVER.context())).build();
	}

	private static TlsOptions client(UnaryOperator<TlsOptions.Builder> tls) {
		return tls.apply(TlsOptions.builder(TestIdentity.trusting())).build();
	}

	private static byte[] join(byte[] one, byte[] other) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		all.writeBytes(one);
		all.writeBytes(other);
		return all.toByteArray();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** Whatever has come in plain, the reader has nothing of it, nor its end. */
	private static void assertNothingIsRead(StreamReader reader) {
		assertThatThrownBy(reader::read).isInstanceOf(IOException.class).isNotInstanceOf(IncompleteReadException.class);
		assertThatThrownBy(reader::readLine).isInstanceOf(IOException.class);
	}

	/** Writes, and takes no notice of what it gets. */
	private static final class Attacker implements Protocol {

		@Override
		public void connectionMade(Transport transport) {
		}

		@Override
		public void dataReceived(ByteBuffer data) {
			data.position(data.limit());
		}

		@Override
		public boolean eofReceived() {
			return true;
		}

		@Override
		public void pauseWriting() {
		}

		@Override
		public void resumeWriting() {
		}

		@Override
		public void connectionLost(@Nullable IOException cause) {
		}

	}

	/** What a server does instead of a handshake. */
	enum Answer {

		GARBAGE((reader, writer) -> {
			reader.read(16 * 1024);
			writer.write(bytes("500 no such command\r\n"));
			writer.flush();
			ignore(reader, writer);
		}),

		END((reader, writer) -> reader.read(16 * 1024)),

		RESET((reader, writer) -> {
			reader.read(16 * 1024);
			writer.abort();
		}),

		SILENCE(StartTlsTests::ignore);

		private final ConnectionHandler handler;

		Answer(ConnectionHandler handler) {
			this.handler = handler;
		}

	}

}
