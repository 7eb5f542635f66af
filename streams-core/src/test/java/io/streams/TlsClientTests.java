package io.streams;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import io.streams.tls.ClientAuthentication;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionTimeoutException;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * A client that speaks TLS, and whom it does not trust.
 */
@Tag("sockets")
@ExtendWith(StreamsInvariants.class)
@Timeout(30)
class TlsClientTests {

	private static final ConnectionHandler HELLO = (reader, writer) -> writer.write(bytes("hello"));

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

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void theSessionAndThePeersCertificateAreKept(String version) throws Exception {
		StreamServer server = serve(TestIdentity.SERVER);
		StreamConnection client = connect(server, (tls) -> tls.protocols(List.of(version)));
		assertThat(client.reader().read()).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
		client.close();
		SSLSession session = client.info().get(TransportInfo.TLS_SESSION);
		assertThat(session).isNotNull();
		assertThat(session.getProtocol()).isEqualTo(version);
		assertThat(session.getPeerPrincipal().getName()).isEqualTo("CN=server");
		assertThat(client.info().get(TransportInfo.APPLICATION_PROTOCOL)).isNull();
	}

	/** Or what was to be secret would go in plain. */
	@Test
	void aSocketThatIsTakenOverSpeaksTlsToo() throws Exception {
		StreamServer server = serve(TestIdentity.SERVER);
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).build();
		try (StreamConnection client = Streams.openConnection(SocketChannel.open(server.addresses().getFirst()),
				ConnectOptions.builder().tls(tls).build())) {
			assertThat(client.reader().read()).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
			assertThat(client.info().get(TransportInfo.TLS_SESSION)).isNotNull();
		}
	}

	@Test
	void aSocketThatIsTakenOverIsClosedIfItsServerIsAnother() throws Exception {
		StreamServer server = serve(TestIdentity.issue("other", "other.test"));
		SocketChannel channel = SocketChannel.open(server.addresses().getFirst());
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).build();
		assertThatExceptionOfType(SSLException.class)
			.isThrownBy(() -> Streams.openConnection(channel, ConnectOptions.builder().tls(tls).build()));
		await().until(() -> !channel.isOpen());
	}

	/** An absolute name, and one that no certificate can have. */
	@ParameterizedTest
	@CsvSource({ "server.test., true", "server.test., false", "my_host, false" })
	void aNameThatCannotBeAskedForIsNotAskedFor(String name, boolean verify) throws Exception {
		StreamServer server = serve(TestIdentity.SERVER);
		StreamConnection client = connect(server, (tls) -> tls.serverHostname(name).verifyHostname(verify));
		assertThat(client.reader().read()).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
		client.close();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("certificatesNotToTrust")
	void aCertificateThatIsNotToBeTrustedIsRefusedWithTheReason(String what, TestIdentity identity, String reason)
			throws Exception {
		StreamServer server = serve(identity);
		assertThatExceptionOfType(SSLException.class).isThrownBy(() -> connect(server, UnaryOperator.identity()))
			.withStackTraceContaining(reason);
		await().until(() -> this.events.count("rejected") == 1);
		// The client said why.
		assertThat(this.events.events("handshakeFinished").getFirst().cause()).isInstanceOf(SSLException.class)
			.hasMessageContaining("certificate_");
		assertThat(this.events.count("opened")).isZero();
	}

	static Stream<Arguments> certificatesNotToTrust() {
		return Stream.of(
				arguments("wrong host", TestIdentity.issue("other", "other.test", "10.1.2.3"),
						"No subject alternative names matching IP address 127.0.0.1"),
				arguments("no host at all", TestIdentity.issue("nobody"), "No subject alternative names"),
				arguments("wrong authority", TestIdentity.issuedBy(TestIdentity.OTHER_CA, "server", "127.0.0.1"),
						"unable to find valid certification path"),
				arguments("self-signed", TestIdentity.selfSigned("server", "127.0.0.1"),
						"unable to find valid certification path"),
				arguments("expired", TestIdentity.expired("server", "127.0.0.1"), "NotAfter"),
				arguments("an authority that is none",
						TestIdentity.issuedBy(TestIdentity.CLIENT, "server", "127.0.0.1"), "PKIX path"));
	}

	@Test
	void theHostCanBeAnotherThanTheAddress() throws Exception {
		StreamServer server = serve(TestIdentity.issue("other", "other.test"));
		StreamConnection client = connect(server, (tls) -> tls.serverHostname("other.test"));
		assertThat(client.reader().read()).hasSize(5);
	}

	@Test
	void theHostIsNotVerifiedIfOneSaysSo() throws Exception {
		StreamServer server = serve(TestIdentity.issue("other", "other.test"));
		StreamConnection client = connect(server, (tls) -> tls.verifyHostname(false));
		assertThat(client.reader().read()).hasSize(5);
	}

	@Test
	void withoutAHostThereIsNothingToVerify() throws Exception {
		TestNetwork unix = new TestNetwork(TransportKind.UNIX, this.directory)
			.with((options) -> options.tls(TlsOptions.builder(TestIdentity.SERVER.context()).build()));
		try (unix) {
			StreamServer server = unix.serve(HELLO);
			assertThatIllegalArgumentException()
				.isThrownBy(() -> unix.connect(server, (options) -> options.tls(trusting(UnaryOperator.identity()))))
				.withMessageContaining("serverHostname");
			StreamConnection client = unix.connect(server,
					(options) -> options.tls(trusting((tls) -> tls.serverHostname("server.test"))));
			assertThat(client.reader().read()).hasSize(5);
		}
	}

	@Test
	void aClientWithoutTheCertificateThatIsNeededIsToldSo() throws Exception {
		StreamServer server = this.network
			.with((options) -> options.tls(TlsOptions.builder(TestIdentity.SERVER.context())
				.clientAuthentication(ClientAuthentication.NEED)
				.build()))
			.serve(HELLO);
		assertThatThrownBy(() -> connect(server, UnaryOperator.identity()).reader().read())
			.isInstanceOf(SSLException.class)
			.hasMessageContaining("certificate_required");
		StreamConnection known = this.network.connect(server,
				(options) -> options.tls(TlsOptions.builder(TestIdentity.CLIENT.context()).build()));
		assertThat(known.reader().read()).hasSize(5);
	}

	@ParameterizedTest(name = "{0}")
	@EnumSource(PlainServer.class)
	void aServerThatSpeaksNoTlsIsRefused(PlainServer kind) throws Exception {
		StreamServer server = this.network.serve(kind.handler);
		CompletableFuture<StreamConnection> opened = Streams.openConnectionAsync("127.0.0.1", server.port(),
				ConnectOptions.builder()
					.transports(TestNetwork.TRANSPORTS)
					.tls(trusting((tls) -> tls.handshakeTimeout(Duration.ofMillis(300))))
					.build());
		assertThat(opened).failsWithin(Duration.ofSeconds(2)).withThrowableThat().withCauseInstanceOf(kind.failure);
	}

	@Test
	void aServerThatEndsWithoutAGoodbyeIsATruncation() throws Exception {
		StreamServer server = this.network
			.with((options) -> options.tls(TlsOptions.builder(TestIdentity.SERVER.context()).build()))
			.serve((reader, writer) -> {
				writer.write(bytes("cut"));
				writer.drain();
				reader.readLine();
				writer.abort();
			});
		StreamConnection client = connect(server, UnaryOperator.identity());
		assertThat(client.reader().readExactly(3)).hasSize(3);
		client.writer().write(bytes("\n"));
		client.writer().flush();
		assertThatThrownBy(() -> client.reader().read()).isInstanceOfAny(ConnectionLostException.class,
				TlsTruncatedException.class);
	}

	@Test
	void aHandshakeCanBeGivenUp() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			while (reader.read(16 * 1024).length > 0) {
				this.events.count("opened");
			}
		});
		CompletableFuture<StreamConnection> opened = Streams.openConnectionAsync("127.0.0.1", server.port(),
				ConnectOptions.builder()
					.transports(TestNetwork.TRANSPORTS)
					.tls(trusting(UnaryOperator.identity()))
					.build());
		await().until(() -> this.events.bytesReceived() > 0);
		opened.cancel(false);
		await().until(() -> this.events.count("closed") == 1);
	}

	private StreamServer serve(TestIdentity identity) throws IOException {
		return this.network.with((options) -> options.tls(TlsOptions.builder(identity.context()).build())).serve(HELLO);
	}

	private StreamConnection connect(StreamServer server, UnaryOperator<TlsOptions.Builder> tls) throws IOException {
		return this.network.connect(server, (options) -> options.tls(trusting(tls)));
	}

	private static TlsOptions trusting(UnaryOperator<TlsOptions.Builder> tls) {
		return tls.apply(TlsOptions.builder(TestIdentity.trusting())).build();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	/** A server that a client takes for one that speaks TLS. */
	enum PlainServer {

		TALKS(SSLException.class, (reader, writer) -> {
			writer.write(bytes("220 ready\r\n"));
			reader.read();
		}),

		TALKS_AND_LEAVES(IOException.class, (reader, writer) -> writer.write(bytes("HELLO\n"))),

		LEAVES(ConnectionLostException.class, (reader, writer) -> {
		}),

		SAYS_NOTHING(ConnectionTimeoutException.class, (reader, writer) -> reader.read());

		private final Class<? extends Throwable> failure;

		private final ConnectionHandler handler;

		PlainServer(Class<? extends Throwable> failure, ConnectionHandler handler) {
			this.failure = failure;
			this.handler = handler;
		}

	}

}
