package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import javax.net.ssl.SSLSocket;

import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Plain bytes that come ahead of a handshake, at any time up to five milliseconds after
 * it could begin, and whatever the attacker does then: none is ever read, by a server or
 * a client, where TLS is spoken from the first byte (the shape of CVE-2023-40217) or
 * begins in the middle (the injection into STARTTLS).
 * <p>
 * {@code -Dstreams.test.attempts=N} tries each of the four N times.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@Timeout(300)
class PlaintextAheadOfTlsTests {

	private static final int ATTEMPTS = Integer.getInteger("streams.test.attempts", 2500);

	private static final int AT_ONCE = 16;

	private static final long LATEST_NANOS = Duration.ofMillis(5).toNanos();

	private static final TlsOptions SERVER = TlsOptions.builder(TestIdentity.SERVER.context()).build();

	private static final TlsOptions CLIENT = TlsOptions.builder(TestIdentity.trusting())
		.serverHostname("localhost")
		.build();

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	private final AtomicInteger refused = new AtomicInteger();

	/** Bytes that were read after the plain part; there must be none. */
	private final AtomicInteger delivered = new AtomicInteger();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		this.network = new TestNetwork(TransportKind.TCP, this.directory)
			.with((options) -> options.listener(this.events))
			.with((options) -> options.lingerTimeout(Duration.ZERO));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
	}

	@Test
	void aServerThatSpeaksTlsFromTheStartReadsNothing() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		StreamServer server = this.network.with((options) -> options.tls(SERVER))
			.serve((reader, writer) -> handled.incrementAndGet());
		attack((attempt) -> {
			try (Socket socket = connect(server)) {
				Attack.of(attempt).strike(socket, attempt, true);
			}
		});
		await().until(() -> this.events.count("rejected") == ATTEMPTS);
		assertThat(handled).hasValue(0);
		assertThat(this.events.count("opened")).isZero();
		assertThat(this.events.bytesReceived()).isZero();
	}

	@Test
	void aClientThatSpeaksTlsFromTheStartReadsNothing() throws Exception {
		try (ServerSocketChannel listening = listen()) {
			attack((attempt) -> {
				CompletableFuture<StreamConnection> client = Streams.openConnectionAsync("127.0.0.1", port(listening),
						clientOptions().tls(CLIENT).build());
				try (Socket socket = listening.accept().socket()) {
					Attack.of(attempt).strike(socket, attempt, false);
				}
				assertThat(client).failsWithin(Duration.ofSeconds(10))
					.withThrowableThat()
					.withCauseInstanceOf(IOException.class);
				this.refused.incrementAndGet();
			});
		}
		assertThat(this.refused).hasValue(ATTEMPTS);
		assertThat(this.events.count("opened")).isZero();
		assertThat(this.events.bytesReceived()).isZero();
	}

	@Test
	void aServerThatBeginsTlsInTheMiddleReadsNothing() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			assertThat(reader.readLine()).asString().isEqualTo("STARTTLS\n");
			writer.write(bytes("go\n"));
			upgradeAndRead(reader, writer, SERVER);
		});
		attack((attempt) -> {
			try (Socket socket = connect(server)) {
				socket.getOutputStream().write(bytes("STARTTLS\n"));
				Attack.of(attempt).strike(socket, attempt, true);
			}
		});
		await().until(() -> this.refused.get() == ATTEMPTS);
		assertThat(this.delivered).hasValue(0);
	}

	@Test
	void aClientThatBeginsTlsInTheMiddleReadsNothing() throws Exception {
		try (ServerSocketChannel listening = listen()) {
			attack((attempt) -> {
				CompletableFuture<StreamConnection> opened = Streams.openConnectionAsync("127.0.0.1", port(listening),
						clientOptions().build());
				try (Socket socket = listening.accept().socket()) {
					socket.getOutputStream().write(bytes("go\n"));
					CompletableFuture<Boolean> victim = opened.handleAsync(this::readAndUpgrade,
							(task) -> Thread.ofVirtual().start(task));
					Attack.of(attempt).strike(socket, attempt, false);
					assertThat(victim).succeedsWithin(Duration.ofSeconds(10));
				}
			});
		}
		assertThat(this.refused).hasValue(ATTEMPTS);
		assertThat(this.delivered).hasValue(0);
	}

	private boolean readAndUpgrade(@Nullable StreamConnection client, @Nullable Throwable failure) {
		if (client == null) {
			// It was reset before it stood.
			this.refused.incrementAndGet();
			return false;
		}
		try {
			assertThat(client.reader().readLine()).asString().isEqualTo("go\n");
			upgradeAndRead(client.reader(), client.writer(), CLIENT);
		}
		catch (IOException ex) {
			// It was reset before it had read the line.
			assertThat(client.reader().exception()).isNotNull();
			this.refused.incrementAndGet();
		}
		finally {
			client.abort();
		}
		return true;
	}

	/** The upgrade must fail, and every read after it. */
	private void upgradeAndRead(StreamReader reader, StreamWriter writer, TlsOptions tls) {
		try {
			writer.startTls(tls);
			this.delivered.addAndGet(reader.read().length);
			throw new AssertionError("the upgrade succeeded");
		}
		catch (IOException ex) {
			assertThatThrownBy(reader::read).isInstanceOf(IOException.class)
				.isNotInstanceOf(IncompleteReadException.class);
			assertThatThrownBy(reader::readLine).isInstanceOf(IOException.class);
			this.refused.incrementAndGet();
		}
	}

	private ConnectOptions.Builder clientOptions() {
		return ConnectOptions.builder()
			.transports(TestNetwork.TRANSPORTS)
			.listener(this.events)
			.lingerTimeout(Duration.ZERO);
	}

	/** Strikes again and again, from several sides. */
	private static void attack(Strike strike) {
		try (ExecutorService attackers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
			CompletableFuture
				.allOf(IntStream.range(0, ATTEMPTS)
					.mapToObj((attempt) -> CompletableFuture.runAsync(() -> run(strike, attempt), attackers))
					.toArray(CompletableFuture[]::new))
				.join();
		}
	}

	private static void run(Strike strike, int attempt) {
		try {
			strike.run(attempt);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Socket connect(StreamServer server) throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), server.port());
	}

	private static ServerSocketChannel listen() throws IOException {
		return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	private static int port(ServerSocketChannel listening) throws IOException {
		return ((InetSocketAddress) listening.getLocalAddress()).getPort();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** One attempt. */
	@FunctionalInterface
	private interface Strike {

		void run(int attempt) throws IOException;

	}

	/** What the attacker does after it has sent plain bytes. */
	private enum Attack {

		FIN, RESET, WAIT, HANDSHAKE;

		static Attack of(int attempt) {
			return values()[attempt % values().length];
		}

		/** Sends plain bytes at some moment, and goes on as this does. */
		void strike(Socket socket, int attempt, boolean fromClient) throws IOException {
			socket.setSoTimeout(10_000);
			socket.setTcpNoDelay(true);
			// No port is unusable afterwards.
			socket.setSoLinger(true, 0);
			LockSupport.parkNanos(LATEST_NANOS * attempt / ATTEMPTS);
			try {
				socket.getOutputStream().write(bytes("EVIL\nEVIL\n"));
				goOn(socket, fromClient);
			}
			catch (IOException ex) {
				// The victim has gone already. One that hangs would time out.
				assertThat(ex).isNotInstanceOf(java.net.SocketTimeoutException.class);
			}
		}

		private void goOn(Socket socket, boolean fromClient) throws IOException {
			switch (this) {
				case FIN -> {
					socket.shutdownOutput();
					socket.getInputStream().readAllBytes();
				}
				case RESET -> socket.close();
				case WAIT -> socket.getInputStream().readAllBytes();
				case HANDSHAKE ->
					assertThatThrownBy(() -> handshake(socket, fromClient)).isInstanceOf(IOException.class);
			}
		}

		private static void handshake(Socket socket, boolean fromClient) throws IOException {
			SSLSocket tls = (SSLSocket) (fromClient ? TestIdentity.trusting() : TestIdentity.SERVER.context())
				.getSocketFactory()
				.createSocket(socket, "localhost", socket.getPort(), true);
			tls.setUseClientMode(fromClient);
			tls.startHandshake();
		}

	}

}
