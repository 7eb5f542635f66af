package io.streams;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLProtocolException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.streams.tls.ClientAuthentication;
import io.streams.tls.TestIdentity;
import io.streams.tls.TlsOptions;
import io.streams.transport.ConnectionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * The reason of a failed handshake, in the server's log and in the client's exception,
 * which names the host and the port besides.
 */
@Timeout(30)
class TlsFailureReasonTests extends NetworkFixture {

	/** Plain alerts, as OpenSSL's clients send them after the keys have changed. */
	private static final int FATAL = 2;

	private final Logger logger = (Logger) LoggerFactory.getLogger(StreamServer.class);

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void capture() {
		this.log.start();
		this.logger.addAppender(this.log);
		this.logger.setLevel(Level.INFO);
	}

	@AfterEach
	void release() {
		this.logger.setLevel(null);
		this.logger.detachAppender(this.log);
	}

	@ParameterizedTest
	@MethodSource("badClients")
	void serverLogsWhyItRefusesClient(String version, SSLContext client, String reason) throws Exception {
		StreamServer server = serve(TestIdentity.SERVER.context(), ClientAuthentication.NEED);
		assertThatThrownBy(() -> {
			try (TlsPeer peer = TlsPeer.connect(server, client, version)) {
				peer.readLine();
			}
		}).isInstanceOf(IOException.class);
		assertLogged(reason);
	}

	static Stream<Arguments> badClients() {
		SSLContext expired = TestIdentity.expired("late").context();
		SSLContext mismatched = withKeyOfAnother(TestIdentity.CLIENT).context();
		SSLContext stranger = impostor().context();
		return Stream.of("TLSv1.2", "TLSv1.3")
			.flatMap((version) -> Stream.of(
					argumentSet("expired, " + version, version, expired, "CertificateExpiredException: NotAfter"),
					argumentSet("another key, " + version, version, mismatched, "Invalid CertificateVerify signature"),
					argumentSet("unknown authority, " + version, version, stranger, "PKIX path"),
					argumentSet("none, " + version, version, TestIdentity.trusting(), "Empty client certificate")));
	}

	@ParameterizedTest
	@CsvSource({ "42, bad_certificate", "45, certificate_expired", "46, certificate_unknown", "48, unknown_ca",
			"51, decrypt_error", "40, handshake_failure" })
	void serverLogsAlertThatClientSendsWithoutEncryption(int alert, String reason) throws Exception {
		StreamServer server = serve(TestIdentity.SERVER.context(), ClientAuthentication.NONE);
		try (Socket client = new Socket("127.0.0.1", server.port())) {
			client.getOutputStream().write(TlsServerTests.hello());
			assertThat(client.getInputStream().read()).as("the server's hello").isEqualTo(22);
			client.getOutputStream().write(new byte[] { 21, 3, 3, 0, 2, FATAL, (byte) alert });
			assertLogged(reason);
		}
	}

	private void assertLogged(String reason) {
		await().until(() -> this.events.count("rejected") == 1);
		assertThat(List.copyOf(this.log.list)).singleElement().satisfies((event) -> {
			assertThat(event.getFormattedMessage()).contains("away in the TLS handshake")
				.contains(reason)
				.doesNotContain("Unexpected exception");
			assertThat(event.getThrowableProxy()).isNull();
		});
	}

	@ParameterizedTest
	@MethodSource("badServers")
	void clientNamesHostPortAndReason(String version, TestIdentity identity, String reason) throws Exception {
		StreamServer server = serve(identity.context(), ClientAuthentication.NONE);
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).protocols(List.of(version)).build();
		assertThatExceptionOfType(SSLException.class).isThrownBy(() -> connect(server.port(), tls))
			.withMessageContaining("localhost:" + server.port())
			.withMessageContaining(reason);
	}

	static Stream<Arguments> badServers() {
		TestIdentity expired = TestIdentity.expired("server", "localhost");
		TestIdentity unknown = TestIdentity.issuedBy(TestIdentity.OTHER_CA, "server", "localhost");
		TestIdentity another = TestIdentity.issue("server", "other.test");
		return Stream.of("TLSv1.2", "TLSv1.3")
			.flatMap((version) -> Stream.of(
					argumentSet("expired, " + version, version, expired, "validity check failed"),
					argumentSet("unknown authority, " + version, version, unknown,
							"unable to find valid certification"),
					argumentSet("another key, " + version, version, withKeyOfAnother(TestIdentity.SERVER), "signature"),
					argumentSet("another name, " + version, version, another, "matching localhost found")));
	}

	@Test
	void clientNamesServerThatSpeaksNoTls() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.read(1);
			writer.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		});
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).build();
		assertThatExceptionOfType(SSLException.class).isThrownBy(() -> connect(server.port(), tls))
			.withMessageContaining("localhost:" + server.port())
			.withMessageContaining("HTTP response");
	}

	@Test
	void clientNamesServerThatIsSilent() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> reader.read());
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).handshakeTimeout(Duration.ofMillis(200)).build();
		assertThatExceptionOfType(ConnectionTimeoutException.class).isThrownBy(() -> connect(server.port(), tls))
			.withMessageContaining("localhost:" + server.port())
			.matches((timeout) -> timeout.phase() == ConnectionTimeoutException.Phase.HANDSHAKE);
	}

	@Test
	void clientNamesServerThatLeaves() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> reader.read(1));
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).build();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(server.port(), tls))
			.withMessageContaining("localhost:" + server.port());
	}

	/** In TLS 1.3 a client is connected before the server looks at its certificate. */
	@Test
	void clientNamesServerThatRefusesItsCertificate() throws Exception {
		StreamServer server = serve(TestIdentity.SERVER.context(), ClientAuthentication.NEED);
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).protocols(List.of("TLSv1.3")).build();
		assertThatExceptionOfType(SSLException.class).isThrownBy(() -> {
			try (StreamConnection client = connect(server.port(), tls)) {
				client.reader().read();
			}
		}).withMessageContaining("localhost:" + server.port()).withMessageContaining("certificate_required");
	}

	@Test
	void upgradeNamesHostAndPort() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> {
			reader.read(1);
			writer.write(new byte[] { 'n', 'o', ' ', 't', 'l', 's' });
		});
		try (StreamConnection client = Streams.openConnection("localhost", server.port(),
				ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).build())) {
			assertThatExceptionOfType(SSLException.class)
				.isThrownBy(() -> client.writer().startTls(TlsOptions.builder(TestIdentity.trusting()).build()))
				.withMessageContaining("localhost:" + server.port());
		}
	}

	@ParameterizedTest
	@CsvSource({ "m\u00fcnchen.test", "\u65e5\u672c.test", "xn--mnchen-3ya.test", "stra\u00dfe.test" })
	void hostNameOfTheUserIsNotMasked(String name) throws Exception {
		StreamServer server = serve(TestIdentity.SERVER.context(), ClientAuthentication.NONE);
		TlsOptions tls = TlsOptions.builder(TestIdentity.trusting()).serverHostname(name).build();
		assertThatExceptionOfType(SSLException.class).isThrownBy(() -> connect(server.port(), tls))
			.withMessageContaining(name)
			.satisfies((failure) -> assertThat(failure.getMessage()).doesNotContain("?"));
	}

	@Test
	void textLeavesOutWhatSaysNothing() {
		SSLProtocolException failure = new SSLProtocolException("Unexpected exception");
		failure.initCause(new GeneralSecurityException("the tag is wrong"));
		assertThat(HandshakeFailureText.of(failure)).isEqualTo("GeneralSecurityException: the tag is wrong");
		assertThat(HandshakeFailureText.of(new SSLProtocolException("Unexpected exception")))
			.isEqualTo("Unexpected exception");
		assertThat(HandshakeFailureText.of(new SSLException("(internal_error) Unhandled exception",
				new SSLException("readRecord", new IllegalStateException()))))
			.isEqualTo("IllegalStateException");
	}

	private StreamServer serve(SSLContext context, ClientAuthentication clients) throws IOException {
		TlsOptions tls = TlsOptions.builder(context).clientAuthentication(clients).build();
		return this.network.with((options) -> options.tls(tls)).serve((reader, writer) -> reader.read());
	}

	private static StreamConnection connect(int port, TlsOptions tls) throws IOException {
		return Streams.openConnection("localhost", port,
				ConnectOptions.builder().tls(tls).transports(TestNetwork.TRANSPORTS).build());
	}

	/** The name of a known authority, which did not sign the certificate. */
	private static TestIdentity impostor() {
		TestIdentity authority = new TestIdentity(TestIdentity.OTHER_CA.key(), TestIdentity.CA.certificate(),
				TestIdentity.CA.issuer());
		return TestIdentity.issuedBy(authority, "stranger");
	}

	private static TestIdentity withKeyOfAnother(TestIdentity identity) {
		return new TestIdentity(TestIdentity.issue("another").key(), identity.certificate(), identity.issuer());
	}

}
