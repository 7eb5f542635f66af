package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import io.streams.loop.LoopThreads;
import io.streams.nio.NioTransportFactory;
import io.streams.tls.ClientAuthentication;
import io.streams.tls.TestIdentity;
import io.streams.tls.TestTrust;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Peers that speak TLS, or seem to, in order to cost a server memory or time.
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(60)
class TlsFloodTests {

	private static final ConnectionHandler ECHO = (reader, writer) -> {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	};

	private static final Duration DEADLINE = Duration.ofMillis(600);

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

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

	/** Each KeyUpdate asks for another, and the answers are not read. */
	@Test
	void aFloodOfKeyUpdatesIsNotReadWhileItsAnswersCannotBeSent() throws Exception {
		CompletableFuture<StreamConnection> victim = new CompletableFuture<>();
		this.network.with((options) -> options.sendBuffer(16 * 1024).writeStallTimeout(DEADLINE));
		StreamServer server = serve(TestIdentity.SERVER.context(), (reader, writer) -> {
			victim.complete(writer.connection());
			reader.read();
		});
		Socket plain = new Socket();
		plain.setReceiveBufferSize(4096);
		plain.connect(server.addresses().getFirst());
		AtomicLong most = new AtomicLong();
		try (TlsPeer peer = TlsPeer.over(plain, TestIdentity.trusting(), "TLSv1.3", (socket) -> {
		})) {
			StreamConnection connection = victim.get();
			assertThatThrownBy(() -> {
				for (int i = 0; i < 200_000; i++) {
					peer.tls().startHandshake();
					most.accumulateAndGet(connection.snapshot().writing().buffered(), Math::max);
				}
			}).isInstanceOf(IOException.class);
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.WRITE_STALL_TIMEOUT);
		// The marks are 64 KiB and 16 KiB; one answer may exceed the high one. Whoever
		// looks between two floods may miss the very top.
		assertThat(most.get()).isBetween(32 * 1024L, 80 * 1024L);
		assertThat(this.events.bytesReceived()).isZero();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("records")
	void recordsThatAreNoHandshakeDoNotKeepAConnection(String what, byte[] record) throws Exception {
		StreamServer server = serve(TestIdentity.SERVER.context(), ECHO);
		RawClient client = this.network.connectRaw(server);
		ByteArrayOutputStream flood = new ByteArrayOutputStream();
		for (int i = 0; i < 1000; i++) {
			flood.writeBytes(record);
		}
		long began = System.nanoTime();
		assertThatThrownBy(() -> {
			while (true) {
				client.send(flood.toByteArray());
			}
		}).isInstanceOf(IOException.class);
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plusSeconds(1));
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThat(this.events.events("rejected")).extracting(RecordingListener.Event::detail)
			.containsExactly(RejectReason.TLS_HANDSHAKE);
	}

	static Stream<Arguments> records() {
		return Stream.of(arguments("ChangeCipherSpec", new byte[] { 20, 3, 3, 0, 1, 1 }),
				arguments("a warning", new byte[] { 21, 3, 3, 0, 2, 1, 90 }),
				arguments("an empty handshake record", new byte[] { 22, 3, 3, 0, 0 }),
				arguments("an empty record of data", new byte[] { 23, 3, 3, 0, 0 }));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("lengths")
	void noMemoryIsTakenForALengthThatAPeerOnlyClaims(String what, byte[] bytes) throws Exception {
		int clients = 2000;
		this.network.with((options) -> options.maxHandshakes(clients).backlog(clients));
		StreamServer server = serve(TestIdentity.SERVER.context(), ECHO);
		List<SocketChannel> channels = new ArrayList<>();
		long before = heapInUse();
		for (int i = 0; i < clients; i++) {
			channels.add(SocketChannel.open(server.addresses().getFirst()));
			channels.getLast().write(ByteBuffer.wrap(bytes));
		}
		await().until(() -> server.snapshot().activeConnections() + this.events.count("rejected") == clients);
		// Of both ends, and of what the test notes
		assertThat((heapInUse() - before) / clients).isLessThan(16 * 1024);
		await().until(() -> this.events.count("rejected") == clients);
		await().until(() -> server.snapshot().activeConnections() == 0);
		for (SocketChannel channel : channels) {
			channel.close();
		}
	}

	static Stream<Arguments> lengths() {
		return Stream.of(arguments("a record of 16 KiB", new byte[] { 22, 3, 1, 0x40, 0, 1, -1, -1, -1 }),
				arguments("a message of 16 MiB", new byte[] { 22, 3, 1, 0, 4, 1, -1, -1, -1 }));
	}

	private static long heapInUse() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	@Test
	void whoFailsTheHandshakeAndStaysIsCountedUntilItsConnectionIsGone() throws Exception {
		this.network.with((options) -> options.lingerTimeout(Duration.ofSeconds(30)))
			.with((options) -> options.maxConnectionsPerAddress(1));
		StreamServer server = serve(TestIdentity.SERVER.context(), ECHO);
		RawClient first = this.network.connectRaw(server);
		first.send("hello");
		assertThat(first.readToEnd()).isNotEmpty();
		assertThat(server.snapshot().activeConnections()).isOne();
		RawClient second = this.network.connectRaw(server);
		assertThat(second.readToEnd()).isEmpty();
		assertThat(this.events.events("rejected")).extracting(RecordingListener.Event::detail)
			.containsExactly(RejectReason.TLS_HANDSHAKE, RejectReason.ADDRESS_LIMIT);
		first.close();
		await().until(() -> server.snapshot().activeConnections() == 0);
	}

	/** The end of TLS is not that of the connection, on which anything may follow. */
	@Test
	void whoEndsTlsAloneIsGivenUpAsHalfClosed() throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		this.network.with((options) -> options.halfClosedTimeout(DEADLINE));
		StreamServer server = serve(TestIdentity.SERVER.context(), (reader, writer) -> done.await());
		StreamConnection client = this.network.connect(server,
				(options) -> options.tls(TlsOptions.builder(TestIdentity.trusting()).verifyHostname(false).build()));
		client.writer().writeEof();
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.HALF_CLOSED_TIMEOUT);
		done.countDown();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whoIsInTheHandshakeIsAmongTheClients(boolean abort) throws Exception {
		StreamServer server = Streams.startServer(ECHO, "127.0.0.1", 0,
				ServerOptions.builder().tls(TlsOptions.builder(TestIdentity.SERVER.context()).build()).build());
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.snapshot().activeConnections() == 1);
		server.close();
		if (abort) {
			server.abortClients();
		}
		else {
			server.closeClients();
		}
		long began = System.nanoTime();
		server.waitClosed();
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
		assertThatThrownBy(client::readToEnd).isInstanceOf(IOException.class);
	}

	@Test
	void aStopDoesNotWaitForWhoFailedTheHandshakeAndStays() throws Exception {
		this.network.with((options) -> options.lingerTimeout(Duration.ofSeconds(30)));
		StreamServer server = serve(TestIdentity.SERVER.context(), ECHO);
		RawClient client = this.network.connectRaw(server);
		client.send("hello");
		assertThat(client.readToEnd()).isNotEmpty();
		long began = System.nanoTime();
		server.stop(Duration.ofMillis(100));
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
		assertThat(server.snapshot().activeConnections()).isZero();
	}

	@Test
	void handshakesThatNeverEndAreSoManyAtOnceAndNoMore() throws Exception {
		int clients = 300;
		int atOnce = 100;
		// Failed handshakes count until their connections are closed.
		this.network.with((options) -> options.lingerTimeout(Duration.ZERO))
			.with((options) -> options.maxHandshakes(atOnce).backlog(clients));
		StreamServer server = serve(TestIdentity.SERVER.context(), ECHO);
		StreamServer plain = new TestNetwork(TransportKind.TCP, this.directory).serve(ECHO);
		try {
			byte[] half = Arrays.copyOf(TlsServerTests.hello(), 100);
			for (int i = 0; i < clients; i++) {
				RawClient client = this.network.connectRaw(server);
				if (i % 2 == 0) {
					client.send(half);
				}
			}
			AtomicLong most = new AtomicLong();
			await().atMost(DEADLINE.multipliedBy(3).plusSeconds(3)).until(() -> {
				most.accumulateAndGet(server.snapshot().activeConnections(), Math::max);
				assertEchoes(plain);
				return this.events.count("rejected") == clients;
			});
			// One more may have been accepted by the time that the limit is seen.
			assertThat(most.get()).isBetween((long) atOnce - 1, atOnce + 1L);
			assertThat(this.events.events("handshakeFinished")).extracting(RecordingListener.Event::detail)
				.containsOnly(HandshakeOutcome.TIMED_OUT);
		}
		finally {
			plain.close();
			plain.abortClients();
		}
	}

	private static void assertEchoes(StreamServer plain) throws IOException {
		try (RawClient client = RawClient.connect(plain.addresses().getFirst())) {
			client.send("alive\n");
			assertThat(client.readLine()).isEqualTo("alive");
		}
	}

	/** As with a key in hardware, or a list of revoked certificates somewhere else. */
	@Test
	void whoVerifiesACertificateMayTakeItsTime() throws Exception {
		CountDownLatch verified = new CountDownLatch(1);
		CountDownLatch verifying = new CountDownLatch(4);
		SSLContext context = TestIdentity.context(TestIdentity.SERVER, TestIdentity.CA);
		SSLContext slow = TestIdentity.SERVER.contextWith(new TrustManager[] { new Patient(verifying, verified) });
		StreamServer server = this.network.with((options) -> options.tls(TlsOptions.builder(slow)
			.clientAuthentication(ClientAuthentication.NEED)
			.handshakeTimeout(Duration.ofSeconds(20))
			.build())).serve(ECHO);
		StreamServer other = this.network.with((options) -> options.tls(TlsOptions.builder(context).build()))
			.serve(ECHO);
		List<CompletableFuture<String>> waiting = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			waiting
				.add(CompletableFuture.supplyAsync(() -> echoOnce(server), (task) -> Thread.ofVirtual().start(task)));
		}
		verifying.await();
		// All loops have a handshake that waits, and serve everybody else.
		try (TlsPeer peer = TlsPeer.connect(other, TestIdentity.trusting(), "TLSv1.3")) {
			long began = System.nanoTime();
			for (int i = 0; i < 50; i++) {
				peer.send("hello\n");
				assertThat(peer.readLine()).isEqualTo("hello");
			}
			assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
		}
		assertThat(waiting).noneMatch(CompletableFuture::isDone);
		verified.countDown();
		assertThat(waiting).allSatisfy((echo) -> assertThat(echo).succeedsWithin(Duration.ofSeconds(10)));
	}

	/**
	 * It keeps the engine's lock, for which the event loop must not wait: not even when
	 * the handshake's time is up, and there is an alert to be made.
	 */
	@Test
	void whoVerifiesForEverHoldsUpNobody() throws Exception {
		CountDownLatch never = new CountDownLatch(1);
		CountDownLatch verifying = new CountDownLatch(1);
		SSLContext stuck = TestIdentity.SERVER.contextWith(new TrustManager[] { new Patient(verifying, never) });
		try (TransportFactory oneLoop = NioTransportFactory.create(TestLoops.of(1, LoopThreads.VIRTUAL))) {
			StreamServer plain = new TestNetwork(TransportKind.TCP, this.directory)
				.with((options) -> options.transports(oneLoop))
				.serve(ECHO);
			StreamServer server = this.network
				.with((options) -> options.transports(oneLoop)
					.tls(TlsOptions.builder(stuck)
						.clientAuthentication(ClientAuthentication.NEED)
						.handshakeTimeout(DEADLINE)
						.build()))
				.serve(ECHO);
			try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.CLIENT.context(), "TLSv1.3")) {
				verifying.await();
				long began = System.nanoTime();
				await().until(() -> {
					assertEchoes(plain);
					return this.events.count("rejected") == 1;
				});
				assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.plusSeconds(1));
				assertThat(this.events.events("handshakeFinished").getFirst().detail())
					.isEqualTo(HandshakeOutcome.TIMED_OUT);
				assertThat(peer.readToEnd()).isEmpty();
			}
			finally {
				never.countDown();
			}
		}
	}

	private static String echoOnce(StreamServer server) {
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.CLIENT.context(), "TLSv1.3")) {
			peer.send("hello\n");
			return peer.readLine();
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private StreamServer serve(SSLContext context, ConnectionHandler handler) throws IOException {
		TlsOptions tls = TlsOptions.builder(context).handshakeTimeout(DEADLINE).build();
		return this.network.with((options) -> options.tls(tls)).serve(handler);
	}

	/**
	 * The peer is gone before its certificate is verified, and has said all it had to.
	 */
	@Test
	void theEndOfTheInputDoesNotOvertakeAHandshakeThatIsThere() throws Exception {
		CountDownLatch verified = new CountDownLatch(1);
		CountDownLatch verifying = new CountDownLatch(1);
		SSLContext slow = TestIdentity.SERVER.contextWith(new TrustManager[] { new Patient(verifying, verified) });
		StreamServer server = this.network
			.with((options) -> options
				.tls(TlsOptions.builder(slow).clientAuthentication(ClientAuthentication.NEED).build()))
			.serve(ECHO);
		Socket plain = new Socket();
		plain.connect(server.addresses().getFirst());
		try (TlsPeer peer = TlsPeer.over(plain, TestIdentity.CLIENT.context(), "TLSv1.3", (socket) -> {
		})) {
			verifying.await();
			plain.shutdownOutput();
			await().during(Duration.ofMillis(200)).until(() -> this.events.count("handshakeFinished") == 0);
			verified.countDown();
			await().until(() -> this.events.count("closed") == 1);
			assertThat(this.events.events("handshakeFinished")).extracting(RecordingListener.Event::detail)
				.containsExactly(HandshakeOutcome.SUCCEEDED);
		}
	}

	/** Trusts every certificate, but waits for the test before it does. */
	private static final class Patient extends TestTrust {

		private final CountDownLatch asked;

		private final CountDownLatch told;

		Patient(CountDownLatch asked, CountDownLatch told) {
			this.asked = asked;
			this.told = told;
		}

		@Override
		protected void verifyClient() throws CertificateException {
			this.asked.countDown();
			try {
				this.told.await();
			}
			catch (InterruptedException ex) {
				throw new CertificateException(ex);
			}
		}

	}

}
