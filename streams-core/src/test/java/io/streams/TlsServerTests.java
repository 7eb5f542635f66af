package io.streams;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streams.memory.MemoryEnd;
import io.streams.tls.ClientAuthentication;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.Protocol;
import io.streams.transport.TransportInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * A server that speaks TLS, and peers of all sorts.
 */
@Tag("slow")
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class TlsServerTests {

	private static final ConnectionHandler ECHO = (reader, writer) -> {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	};

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	private final CompletableFuture<byte[]> read = new CompletableFuture<>();

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
	void echoesAndSaysGoodbye(String version) throws Exception {
		StreamServer server = serve(ECHO);
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			peer.send("hello\n");
			assertThat(peer.readLine()).isEqualTo("hello");
			peer.tls().shutdownOutput();
			assertThat(peer.readToEnd()).isEmpty();
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("closed").getFirst().cause()).isNull();
		assertThat(this.events.events("handshakeFinished")).extracting(RecordingListener.Event::detail)
			.containsExactly(HandshakeOutcome.SUCCEEDED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void writeLinesSendsManyPiecesInOrder(String version) throws Exception {
		StringBuilder expected = new StringBuilder();
		List<byte[]> pieces = new ArrayList<>();
		for (int i = 0; i < 50_000; i++) {
			String piece = i + "\n".repeat(i % 30);
			expected.append(piece);
			pieces.add(piece.getBytes(StandardCharsets.US_ASCII));
		}
		StreamServer server = serve((reader, writer) -> writer.writeLines(pieces));
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			assertThat(peer.readToEnd()).isEqualTo(expected.toString());
		}
	}

	@ParameterizedTest(name = "{0}, client shows a certificate: {1}, over {2}")
	@CsvSource({ "NONE,true,TLSv1.3", "WANT,false,TLSv1.3", "WANT,true,TLSv1.3", "NEED,true,TLSv1.2",
			"NEED,true,TLSv1.3" })
	void clientsShowTheirCertificate(ClientAuthentication asked, boolean shown, String version) throws Exception {
		CompletableFuture<SSLSession> session = new CompletableFuture<>();
		StreamServer server = serve((options) -> options.clientAuthentication(asked), (reader, writer) -> {
			session.complete(writer.connection().info().get(TransportInfo.TLS_SESSION));
			ECHO.handle(reader, writer);
		});
		SSLContext context = shown ? TestIdentity.CLIENT.context() : TestIdentity.trusting();
		try (TlsPeer peer = TlsPeer.connect(server, context, version)) {
			peer.send("hello\n");
			assertThat(peer.readLine()).isEqualTo("hello");
		}
		assertThat(session.get().getProtocol()).isEqualTo(version);
		if (shown && asked != ClientAuthentication.NONE) {
			assertThat(session.get().getPeerCertificates()[0]).isEqualTo(TestIdentity.CLIENT.certificate());
		}
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource("clientsWithoutAGoodCertificate")
	void noByteReachesTheHandlerBeforeTheClientIsKnown(String version, String what, SSLContext context)
			throws Exception {
		StreamServer server = serve((options) -> options.clientAuthentication(ClientAuthentication.NEED),
				(reader, writer) -> this.read.complete(reader.read()));
		// In TLS 1.3 a client is done before the server has looked at its certificate.
		assertThatThrownBy(() -> {
			try (TlsPeer peer = TlsPeer.connect(server, context, version)) {
				peer.send("secret\n");
				peer.readToEnd();
				peer.send("secret\n");
				throw new EOFException("the server answered nothing");
			}
		}).isInstanceOf(IOException.class);
		await().until(() -> this.events.count("handshakeFinished") == 1);
		assertThat(this.events.count("opened")).isZero();
		assertThat(this.read).isNotDone();
		assertThat(this.events.events("rejected")).extracting(RecordingListener.Event::detail)
			.containsExactly(RejectReason.TLS_HANDSHAKE);
	}

	static Stream<Arguments> clientsWithoutAGoodCertificate() {
		SSLContext none = TestIdentity.trusting();
		SSLContext stranger = TestIdentity.context(TestIdentity.issuedBy(TestIdentity.OTHER_CA, "stranger"),
				TestIdentity.CA);
		SSLContext expired = TestIdentity.expired("late").context();
		return Stream.of("TLSv1.2", "TLSv1.3")
			.flatMap((version) -> Stream.of(arguments(version, "no certificate", none),
					arguments(version, "another authority's", stranger), arguments(version, "expired", expired)));
	}

	@Test
	void applicationProtocolsAreAgreedOn() throws Exception {
		CompletableFuture<String> agreed = new CompletableFuture<>();
		StreamServer server = serve((options) -> options.applicationProtocols(List.of("two", "one")),
				(reader, writer) -> agreed
					.complete(String.valueOf(writer.connection().info().get(TransportInfo.APPLICATION_PROTOCOL))));
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3", offering("one", "two"))) {
			assertThat(peer.tls().getApplicationProtocol()).isEqualTo("two");
		}
		assertThat(agreed.get()).isEqualTo("two");
		assertThatThrownBy(() -> TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3", offering("three")))
			.isInstanceOf(SSLException.class)
			.hasMessageContaining("no_application_protocol");
	}

	private static java.util.function.Consumer<SSLSocket> offering(String... protocols) {
		return (socket) -> {
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setApplicationProtocols(protocols);
			socket.setSSLParameters(parameters);
		};
	}

	@Test
	void theNameThatAClientAsksForIsKnown() throws Exception {
		CompletableFuture<List<SNIServerName>> names = new CompletableFuture<>();
		StreamServer server = serve((reader, writer) -> names
			.complete(((ExtendedSSLSession) writer.connection().info().get(TransportInfo.TLS_SESSION))
				.getRequestedServerNames()));
		try (StreamConnection client = Streams.openConnection("localhost", server.port(),
				clientOptions(UnaryOperator.identity()))) {
			client.reader().read();
		}
		assertThat(names.get()).singleElement()
			.satisfies((name) -> assertThat(new String(name.getEncoded(), StandardCharsets.US_ASCII))
				.isEqualTo("localhost"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("beginnings")
	void aHandshakeHasADeadline(String what, byte[] beginning) throws Exception {
		StreamServer server = serve((options) -> options.handshakeTimeout(Duration.ofMillis(300)), ECHO);
		RawClient client = this.network.connectRaw(server);
		client.send(beginning);
		long began = System.nanoTime();
		client.readToEnd();
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1300));
		assertThat(this.events.events("handshakeFinished")).singleElement().satisfies((event) -> {
			assertThat(event.detail()).isEqualTo(HandshakeOutcome.TIMED_OUT);
			assertThat(event.cause()).isInstanceOf(ConnectionTimeoutException.class);
		});
		assertThat(server.snapshot().rejectedConnections()).isEqualTo(1);
		assertThat(this.events.count("opened")).isZero();
	}

	static Stream<Arguments> beginnings() throws Exception {
		byte[] hello = hello();
		return Stream.of(arguments("nothing", new byte[0]), arguments("a byte", Arrays.copyOf(hello, 1)),
				arguments("a header", Arrays.copyOf(hello, 5)),
				arguments("half a hello", Arrays.copyOf(hello, hello.length / 2)), arguments("a hello", hello),
				arguments("16 MiB announced in 9 bytes", new byte[] { 22, 3, 1, 0x40, 0, 1, -1, -1, -1 }));
	}

	/** What a client sends first. */
	static byte[] hello() throws Exception {
		return hello("localhost");
	}

	private static byte[] hello(String name) throws Exception {
		var engine = TestIdentity.trusting().createSSLEngine(name, 1);
		engine.setUseClientMode(true);
		var record = java.nio.ByteBuffer.allocate(17 * 1024);
		engine.wrap(java.nio.ByteBuffer.allocate(0), record);
		return Arrays.copyOf(record.array(), record.position());
	}

	@Test
	void onlySoManyHandshakesGoOnAtOnce() throws Exception {
		this.network.with((options) -> options.maxHandshakes(1));
		StreamServer server = serve((options) -> options.handshakeTimeout(Duration.ofMillis(300)), ECHO);
		RawClient silent = this.network.connectRaw(server);
		await().until(() -> server.snapshot().activeConnections() == 1);
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			peer.send("hello\n");
			assertThat(peer.readLine()).isEqualTo("hello");
			assertThat(this.events.names()).containsSubsequence("acceptPaused", "handshakeFinished", "acceptResumed",
					"opened");
		}
		assertThat(silent.readToEnd()).isNotNull();
	}

	/** A stop does not wait for whoever was accepted at its very beginning. */
	@Test
	void aHandshakeThatBeginsWhenTheServerIsClosedIsAborted() throws Exception {
		StreamServer server = serve(ECHO);
		ServerOptions options = ServerOptions.builder()
			.listener(this.events)
			.tls(TlsOptions.builder(TestIdentity.SERVER.context()).build())
			.build();
		ConnectionAdmission clients = new ConnectionAdmission(server, options, (connection) -> {
		});
		server.close();
		MemoryEnd[] ends = MemoryEnd.pair(1024);
		Protocol late = clients.accepted(null);
		ends[0].open(late);
		await().until(() -> this.events.count("handshakeFinished") == 1);
		assertThat(this.events.events("handshakeFinished").getFirst().cause())
			.hasMessageContaining("The server stopped");
		await().until(() -> clients.active() == 0);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("garbage")
	void whatIsNoTlsIsTurnedAwayAtOnce(String what, byte[] bytes, boolean end) throws Exception {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("io.streams.tls");
		log.start();
		logger.addAppender(log);
		logger.setLevel(Level.DEBUG);
		try {
			StreamServer server = serve(ECHO);
			RawClient client = this.network.connectRaw(server);
			client.send(bytes);
			if (end) {
				client.shutdownOutput();
			}
			long began = System.nanoTime();
			String answer = client.readToEnd();
			assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
			assertThat(answer.isEmpty() || answer.charAt(0) == 21).as("an alert or nothing").isTrue();
			await().until(() -> this.events.count("handshakeFinished") == 1);
			// A client without a single byte is a probe.
			assertThat(this.events.events("rejected")).extracting(RecordingListener.Event::detail)
				.isEqualTo((bytes.length > 0) ? List.of(RejectReason.TLS_HANDSHAKE) : List.of());
			assertThat(this.events.count("opened")).isZero();
			assertThat(log.list).singleElement().satisfies((event) -> {
				assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
				assertThat(event.getThrowableProxy()).isNull();
			});
		}
		finally {
			logger.setLevel(null);
			logger.detachAppender(log);
		}
	}

	static Stream<Arguments> garbage() {
		byte[] random = Payload.random(7, 100_000);
		random[0] = 'x';
		return Stream.of(arguments("random bytes", random, false),
				arguments("HTTP", "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), false),
				arguments("a plain line", "HELLO\n".getBytes(StandardCharsets.US_ASCII), false),
				arguments("an SSLv2 hello",
						new byte[] { (byte) 0x80, 0x1c, 1, 0, 2, 0, 3, 0, 0, 0, 16, 1, 0, -128, 1, 2, 3, 4, 5, 6, 7, 8,
								9, 10, 11, 12, 13, 14, 15, 16 },
						false),
				arguments("an empty record", new byte[] { 22, 3, 1, 0, 0 }, false),
				arguments("a record too long", new byte[] { 22, 3, 1, -1, -1 }, false),
				arguments("data before any handshake", new byte[] { 23, 3, 3, 0, 2, 1, 2 }, false),
				arguments("an alert", new byte[] { 21, 3, 3, 0, 2, 2, 40 }, false),
				arguments("a port scan", new byte[0], true));
	}

	@Test
	void aNameThatAClientAsksForIsNotWrittenToTheLogAsItIs() throws Exception {
		byte[] hello = new String(hello("server.test"), StandardCharsets.ISO_8859_1)
			.replace("server.test", "a\r\nE\u001b[7m...")
			.getBytes(StandardCharsets.ISO_8859_1);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("io.streams.tls");
		log.start();
		logger.addAppender(log);
		logger.setLevel(Level.DEBUG);
		try {
			RawClient client = this.network.connectRaw(serve(ECHO));
			client.send(hello);
			client.readToEnd();
			await().until(() -> this.events.count("rejected") == 1);
			assertThat(log.list).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage()).contains("Illegal server name")
					.matches("[ -~]{1,400}"));
			assertThat(this.events.events("handshakeFinished").getFirst().cause()).hasNoCause();
		}
		finally {
			logger.setLevel(null);
			logger.detachAppender(log);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void anEndWithoutAGoodbyeIsATruncation(String version) throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		StreamServer server = serve((reader, writer) -> {
			assertThat(reader.readExactly(4)).containsExactly('d', 'a', 't', 'a');
			try {
				reader.read();
				failure.complete(null);
			}
			catch (IOException ex) {
				failure.complete(ex);
				throw ex;
			}
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			peer.send("data");
			peer.plain().shutdownOutput();
			assertThat(failure.get()).isInstanceOf(TlsTruncatedException.class);
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.TLS_ERROR);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aTruncationCanBeAccepted(String version) throws Exception {
		StreamServer server = serve((options) -> options.acceptTruncation(true),
				(reader, writer) -> this.read.complete(reader.read()));
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			peer.send("data");
			peer.plain().shutdownOutput();
			assertThat(this.read.get()).containsExactly('d', 'a', 't', 'a');
		}
	}

	@Test
	void oneSideMayEndAloneFromTls13On() throws Exception {
		StreamServer server = serve((reader, writer) -> {
			byte[] all = reader.read();
			writer.write(all);
		});
		StreamConnection client = this.network.connect(server, (options) -> options.tls(client()));
		client.writer().write(new byte[100_000]);
		assertThat(client.writer().canWriteEof()).isTrue();
		client.writer().writeEof();
		assertThat(client.reader().read()).hasSize(100_000);
		assertThat(client.reader().exception()).isNull();
	}

	@Test
	void whatComesAfterOurGoodbyeIsRead() throws Exception {
		StreamServer server = serve((reader, writer) -> {
			writer.write(bytes("bye"));
			writer.writeEof();
			this.read.complete(reader.read());
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			assertThat(peer.readToEnd()).isEqualTo("bye");
			peer.send("still here");
			peer.tls().shutdownOutput();
			assertThat(this.read.get()).asString(StandardCharsets.US_ASCII).isEqualTo("still here");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aFrozenPeerIsLetGoOfAtTheCloseTimeout(String version) throws Exception {
		CountDownLatch full = new CountDownLatch(1);
		this.network.with((options) -> options.sendBuffer(64 * 1024).closeTimeout(Duration.ofMillis(400)));
		StreamServer server = serve((reader, writer) -> {
			writer.write(new byte[4 * 1024 * 1024]);
			full.countDown();
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			full.await();
			long began = System.nanoTime();
			await().atMost(Duration.ofSeconds(5)).until(() -> this.events.count("closed") == 1);
			assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1400));
			assertThat(this.events.closeReasons()).containsExactly(CloseReason.CLOSE_TIMEOUT);
			assertThat(peer.plain().isConnected()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aPeerThatReadsInStepsLongerThanTheShutdownTimeoutGetsEverything(String version) throws Exception {
		int length = 4 * 1024 * 1024;
		this.network.with((options) -> options.sendBuffer(64 * 1024));
		StreamServer server = serve((options) -> options.shutdownTimeout(Duration.ofMillis(100)),
				(reader, writer) -> writer.write(new byte[length]));
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			await().until(() -> this.events.count("handlerFinished") == 1);
			int read = 0;
			for (int step = 0; step < 3; step++) {
				await().pollDelay(Duration.ofMillis(400)).until(() -> true);
				read += peer.tls().getInputStream().readNBytes(64 * 1024).length;
			}
			assertThat(read + peer.tls().getInputStream().readAllBytes().length).isEqualTo(length);
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("closed").getFirst().cause()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aFrozenPeerThatBrokeTlsIsLetGoOfAtTheShutdownTimeout(String version) throws Exception {
		CountDownLatch full = new CountDownLatch(1);
		this.network.with((options) -> options.sendBuffer(64 * 1024));
		StreamServer server = serve((options) -> options.shutdownTimeout(Duration.ofMillis(400)), (reader, writer) -> {
			writer.write(new byte[16 * 1024 * 1024]);
			full.countDown();
			reader.read();
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), version)) {
			full.await();
			peer.plain().getOutputStream().write(new byte[] { 23, 3, 3, 0, 40, 1, 2, 3 });
			peer.plain().getOutputStream().write(new byte[37]);
			await().atMost(Duration.ofSeconds(5)).until(() -> this.events.count("closed") == 1);
			assertThat(this.events.closeReasons()).containsExactly(CloseReason.TLS_ERROR);
		}
	}

	@Test
	void aPeerThatIsSlowButTakesWhatItGetsIsNotCutOff() throws Exception {
		int length = 4 * 1024 * 1024;
		StreamServer server = serve((options) -> options.shutdownTimeout(Duration.ofMillis(500)),
				(reader, writer) -> writer.write(new byte[length]));
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			await().until(() -> this.events.count("handlerFinished") == 1);
			assertThat(peer.tls().getInputStream().readAllBytes()).hasSize(length);
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("closed").getFirst().cause()).isNull();
	}

	@Test
	void newKeysAreAgreedOnInTheMiddle() throws Exception {
		StreamServer server = serve(ECHO);
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			for (int i = 0; i < 20; i++) {
				// On a connection that stands, this is a KeyUpdate.
				peer.tls().startHandshake();
				peer.send("line " + i + "\n");
				assertThat(peer.readLine()).isEqualTo("line " + i);
			}
		}
	}

	@Test
	void aRenegotiationIsRefused() throws Exception {
		StreamServer server = serve(ECHO);
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.2")) {
			peer.send("hello\n");
			assertThat(peer.readLine()).isEqualTo("hello");
			assertThatThrownBy(() -> {
				peer.tls().startHandshake();
				peer.send("hello\n");
				peer.readLine();
			}).isInstanceOf(IOException.class);
		}
		await().until(() -> this.events.count("closed") == 1);
		assertThat(this.events.events("closed").getFirst().cause()).isInstanceOf(SSLException.class)
			.hasMessageContaining("renegotiation");
	}

	@Test
	void theWriteBufferCountsBothLayers() throws Exception {
		CompletableFuture<StreamConnection> connected = new CompletableFuture<>();
		CompletableFuture<Long> written = new CompletableFuture<>();
		this.network.with((options) -> options.sendBuffer(16 * 1024));
		StreamServer server = serve((reader, writer) -> {
			connected.complete(writer.connection());
			long total = 0;
			for (int i = 0; i < 200; i++) {
				writer.write(new byte[16 * 1024]);
				writer.drain();
				total += 16 * 1024;
			}
			written.complete(total);
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			await().until(() -> this.events.count("drainStarted") > 0);
			await().until(() -> connected.get().snapshot().writing().buffered() > 64 * 1024);
			assertThat(connected.get().snapshot().writing().buffered()).isLessThan(128 * 1024);
			assertThat(peer.tls().getInputStream().readAllBytes()).hasSize(200 * 16 * 1024);
			assertThat(written.get()).isEqualTo(200 * 16 * 1024);
		}
		assertThat(this.events.count("writingPaused")).isPositive();
		await().until(() -> this.events.count("writingPaused") == this.events.count("writingResumed"));
	}

	@Test
	void aPeerIsNotReadWhileItsHandlerIsBusy() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		CompletableFuture<StreamConnection> connected = new CompletableFuture<>();
		int length = 16 * 1024 * 1024;
		this.network.with((options) -> options.receiveBuffer(16 * 1024));
		StreamServer server = serve((reader, writer) -> {
			connected.complete(writer.connection());
			go.await();
			int total = 0;
			for (byte[] data; (data = reader.read(64 * 1024)).length > 0;) {
				total += data.length;
			}
			this.read.complete(new byte[total / 1024]);
		});
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
				try {
					peer.tls().getOutputStream().write(new byte[length]);
					peer.tls().shutdownOutput();
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			});
			await().until(() -> this.events.count("readingPaused") == 1);
			assertThat(connected.get().snapshot().reading().buffered()).isLessThan(128 * 1024 + 2 * 64 * 1024);
			assertThat(sent).isNotDone();
			go.countDown();
			assertThat(this.read.get(20, TimeUnit.SECONDS)).hasSize(length / 1024);
			sent.get();
		}
	}

	@Test
	void aServerThatStopsDoesNotWaitForAHandshake() throws Exception {
		StreamServer server = serve(ECHO);
		RawClient silent = this.network.connectRaw(server);
		await().until(() -> server.snapshot().activeConnections() == 1);
		long began = System.nanoTime();
		StopReport report = server.stop(Duration.ofSeconds(20));
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
		assertThat(report.isGraceful()).isTrue();
		assertThat(server.waitClosedAsync()).isCompleted();
		assertThatExceptionOfType(IOException.class).isThrownBy(silent::readLine);
	}

	@Test
	void anIdleConnectionHoldsNoSegments() throws Exception {
		StreamServer server = serve(ECHO);
		long before = io.streams.buffer.SegmentPool.segmentsInUse();
		try (TlsPeer peer = TlsPeer.connect(server, TestIdentity.trusting(), "TLSv1.3")) {
			peer.send("hello\n");
			assertThat(peer.readLine()).isEqualTo("hello");
			await().until(() -> io.streams.buffer.SegmentPool.segmentsInUse() == before);
		}
	}

	@Test
	void aPlainSocketThatIsCutOffInItsHandshakeIsCounted() throws Exception {
		StreamServer server = serve(ECHO);
		try (Socket client = new Socket("127.0.0.1", server.port())) {
			client.getOutputStream().write(hello());
			await().until(() -> server.snapshot().activeConnections() == 1);
			client.setSoLinger(true, 0);
		}
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThat(server.snapshot().rejectedConnections()).isEqualTo(1);
		assertThat(this.events.events("handshakeFinished")).extracting(RecordingListener.Event::detail)
			.containsExactly(HandshakeOutcome.FAILED);
	}

	@Test
	@ExpectedLog("could not set up an accepted connection")
	void optionsThatNoEngineTakesAreReported() throws Exception {
		StreamServer server = serve((tls) -> tls.ciphers(List.of("ECDHE-RSA-AES256-GCM-SHA384")), ECHO);
		for (int i = 0; i < 3; i++) {
			try (Socket client = new Socket("127.0.0.1", server.port())) {
				assertThat(client.getInputStream().read()).isEqualTo(-1);
			}
		}
		await().until(() -> server.snapshot().rejectedConnections() == 3);
		assertThat(server.snapshot().activeConnections()).isZero();
	}

	private StreamServer serve(ConnectionHandler handler) throws IOException {
		return serve(UnaryOperator.identity(), handler);
	}

	private StreamServer serve(UnaryOperator<TlsOptions.Builder> tls, ConnectionHandler handler) throws IOException {
		TlsOptions options = tls.apply(TlsOptions.builder(TestIdentity.SERVER.context())).build();
		return this.network.with((builder) -> builder.tls(options)).serve(handler);
	}

	private static TlsOptions client() {
		return client(UnaryOperator.identity());
	}

	private static TlsOptions client(UnaryOperator<TlsOptions.Builder> tls) {
		return tls.apply(TlsOptions.builder(TestIdentity.trusting())).build();
	}

	private static ConnectOptions clientOptions(UnaryOperator<TlsOptions.Builder> tls) {
		return ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).tls(client(tls)).build();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
