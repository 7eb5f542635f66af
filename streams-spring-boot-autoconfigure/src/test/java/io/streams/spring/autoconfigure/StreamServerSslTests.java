package io.streams.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import io.streams.ConnectOptions;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.MissingStreamServerTlsException;
import io.streams.spring.server.StreamServerCustomizer;
import io.streams.spring.server.StreamServers;
import io.streams.spring.server.TestCertificate;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Servers that speak TLS with SSL bundles.
 */
@ExtendWith(OutputCaptureExtension.class)
class StreamServerSslTests {

	/** Connections that live through the reloads. */
	private static final int LIVING = 1000;

	/** Those of them that never rest. */
	private static final int BUSY = 20;

	@TempDir
	static Path directory;

	private static TestCertificate main;

	private static TestCertificate other;

	private final Path file = directory.resolve("main.pem");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, SslAutoConfiguration.class,
				StreamsAutoConfiguration.class))
		.withUserConfiguration(EchoConfiguration.class)
		.withPropertyValues("spring.ssl.bundle.watch.file.quiet-period=50ms", pem("main", "keystore.certificate"),
				pem("main", "keystore.private-key"), pem("other", "keystore.certificate"),
				pem("other", "keystore.private-key"), pem("main", "truststore.certificate", "other"));

	private final ApplicationContextRunner secured = this.runner
		.withPropertyValues("streams.servers.echo.ssl.bundle=main");

	@BeforeAll
	static void create() {
		main = TestCertificate.create(directory, "main.test");
		other = TestCertificate.create(directory, "other.test");
		other.writeTo(directory.resolve("other.pem"));
	}

	/** Whatever became of the test before, which may have replaced it. */
	@BeforeEach
	void writeMain() {
		main.writeTo(this.file);
	}

	@Test
	void speaksTlsWithItsBundle() {
		this.secured.run((context) -> {
			try (StreamConnection client = connect(context, trusting(main), "main.test")) {
				assertThat(echo(client, "hello")).isEqualTo("TLSv1.3 hello\n");
			}
		});
	}

	@Test
	void speaksNoTlsIfItIsDisabled() {
		this.secured.withPropertyValues("streams.servers.echo.ssl.enabled=false").run((context) -> {
			int port = context.getBean(StreamServers.class).get("echo").port();
			try (StreamConnection client = Streams.openConnection("127.0.0.1", port)) {
				assertThat(echo(client, "hello")).isEqualTo("null hello\n");
			}
		});
	}

	@Test
	void sessionIsAnArgument() {
		this.secured.withPropertyValues("streams.servers.session.ssl.bundle=main")
			.withUserConfiguration(SessionConfiguration.class)
			.run((context) -> {
				int port = context.getBean(StreamServers.class).get("session").port();
				try (StreamConnection client = connect(port, trusting(main), "main.test")) {
					assertThat(client.reader().read()).asString(UTF_8).isEqualTo("TLSv1.3");
				}
			});
	}

	@Test
	void sessionIsNoArgumentWithoutTls() {
		this.runner.withUserConfiguration(SessionConfiguration.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOfSatisfying(MissingStreamServerTlsException.class, (failure) -> {
					assertThat(failure.getServer()).isEqualTo("session");
					FailureAnalysis analysis = new MissingStreamServerTlsFailureAnalyzer().analyze(failure);
					assertThat(analysis.getDescription())
						.isEqualTo("Stream server 'session' speaks no TLS, but its handler takes an SSLSession.");
					assertThat(analysis.getAction()).contains("streams.servers.session.ssl.bundle")
						.contains("after startTls");
				}));
	}

	@Test
	void sessionIsAnArgumentWhereACustomizerSetsTls() {
		this.secured.withUserConfiguration(SessionConfiguration.class, CustomizerConfiguration.class).run((context) -> {
			int port = context.getBean(StreamServers.class).get("session").port();
			try (StreamConnection client = connect(port, trusting(main), "main.test")) {
				assertThat(client.reader().read()).asString(UTF_8).isEqualTo("TLSv1.3");
			}
		});
	}

	@Test
	void sessionIsKnownAfterStartTls() {
		this.secured.withUserConfiguration(StartTlsConfiguration.class).run((context) -> {
			int port = context.getBean(StreamServers.class).get("later").port();
			try (StreamConnection client = Streams.openConnection("127.0.0.1", port)) {
				assertThat(echo(client, "STARTTLS")).isEqualTo("null\n");
				client.writer().startTls(TlsOptions.builder(trusting(main)).serverHostname("main.test").build());
				assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("TLSv1.3\n");
			}
		});
	}

	@Test
	void showsTheCertificateForTheNameThatAClientAsksFor() {
		this.secured.withPropertyValues("streams.servers.echo.ssl.server-name-bundles.other.test=other")
			.run((context) -> {
				SSLContext both = TestCertificate.anyoneTrusting(main.certificate(), other.certificate());
				assertThat(shown(context, both, "other.test")).isEqualTo(other.certificate());
				assertThat(shown(context, both, "OTHER.test")).isEqualTo(other.certificate());
				assertThat(shown(context, both, "main.test")).isEqualTo(main.certificate());
			});
	}

	@Test
	void clientsNeedACertificate() {
		this.secured.withPropertyValues("streams.servers.echo.ssl.client-auth=need").run((context) -> {
			StreamConnection stranger = connect(context, trusting(main), "main.test");
			assertThatThrownBy(() -> stranger.reader().readLine()).isInstanceOf(SSLException.class);
			try (StreamConnection client = connect(context, other.trusting(main.certificate()), "main.test")) {
				assertThat(echo(client, "hello")).isEqualTo("TLSv1.3 hello\n");
			}
		});
	}

	@Test
	void newConnectionsGetTheNewCertificateAndOthersLive(CapturedOutput output) {
		this.secured.withPropertyValues("spring.ssl.bundle.pem.main.reload-on-update=true").run((context) -> {
			try (StreamConnection living = connect(context, trusting(main), "main.test")) {
				for (int i = 0; i < 3; i++) {
					replaceBy(context, TestCertificate.create(directory, "main.test"));
					assertThat(echo(living, "still here")).isEqualTo("TLSv1.3 still here\n");
				}
				X509Certificate good = shownTo(context, "main.test");
				Files.writeString(this.file, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
				await().atMost(Duration.ofSeconds(20)).until(() -> output.getAll().contains("ERROR"));
				assertThat(shownTo(context, "main.test")).isEqualTo(good);
				assertThat(echo(living, "still here")).isEqualTo("TLSv1.3 still here\n");
				replaceBy(context, main);
			}
		});
	}

	@Test
	void reloadsUnderLoadDropNobody() {
		this.secured.withPropertyValues("spring.ssl.bundle.pem.main.reload-on-update=true").run((context) -> {
			List<StreamConnection> living = new ArrayList<>();
			AtomicBoolean over = new AtomicBoolean();
			for (int i = 0; i < LIVING; i++) {
				living.add(connect(context, trusting(main), "main.test"));
			}
			List<CompletableFuture<Integer>> echoing = new ArrayList<>();
			living.subList(0, BUSY).forEach((client) -> echoing.add(onVirtualThread(() -> echoUntil(over, client))));
			// Some that come while certificates change
			echoing.add(onVirtualThread(() -> connectUntil(over, context)));
			for (int i = 0; i < 3; i++) {
				replaceBy(context, TestCertificate.create(directory, "main.test"));
				assertAllEcho(living.subList(BUSY, LIVING));
			}
			over.set(true);
			for (CompletableFuture<Integer> echoes : echoing) {
				assertThat(echoes.get(20, TimeUnit.SECONDS)).isPositive();
			}
			// The last of those that came has said goodbye, and may not be gone yet.
			StreamServer server = context.getBean(StreamServers.class).get("echo");
			await().untilAsserted(() -> assertThat(server.snapshot().activeConnections()).isEqualTo(LIVING));
			living.forEach(StreamConnection::abort);
		});
	}

	private static void assertAllEcho(List<StreamConnection> clients) throws IOException {
		for (StreamConnection client : clients) {
			client.writer().write("still here\n".getBytes(UTF_8));
			client.writer().flush();
		}
		for (StreamConnection client : clients) {
			assertThat(client.reader().readLine()).asString(UTF_8).isEqualTo("TLSv1.3 still here\n");
		}
	}

	private static int echoUntil(AtomicBoolean over, StreamConnection client) throws IOException {
		int echoes = 0;
		while (!over.get() || echoes == 0) {
			assertThat(echo(client, "line " + echoes)).isEqualTo("TLSv1.3 line " + echoes + "\n");
			echoes++;
		}
		return echoes;
	}

	private static int connectUntil(AtomicBoolean over, ApplicationContext context) throws Exception {
		int connections = 0;
		while (!over.get() || connections == 0) {
			try (StreamConnection client = connect(context, trustingAll(), "main.test")) {
				assertThat(echo(client, "new")).isEqualTo("TLSv1.3 new\n");
			}
			connections++;
		}
		return connections;
	}

	private static <T> CompletableFuture<T> onVirtualThread(Callable<T> work) {
		CompletableFuture<T> outcome = new CompletableFuture<>();
		Thread.startVirtualThread(() -> {
			try {
				outcome.complete(work.call());
			}
			catch (Throwable ex) {
				outcome.completeExceptionally(ex);
			}
		});
		return outcome;
	}

	@Test
	void aClientIsRevokedByAReload() {
		Path clients = directory.resolve("clients.pem");
		other.writeTo(clients);
		this.secured.withPropertyValues("streams.servers.echo.ssl.client-auth=need",
				"spring.ssl.bundle.pem.main.reload-on-update=true", pem("main", "truststore.certificate", "clients"))
			.run((context) -> {
				SSLContext identity = other.trusting(main.certificate());
				StreamConnection living = connect(context, identity, "main.test");
				assertThat(echo(living, "known")).isEqualTo("TLSv1.3 known\n");
				TestCertificate.create(directory, "somebody.test").writeTo(clients);
				// Not even with the session that the client still has. Its certificate is
				// of no
				// authority that the server names, so it shows none.
				await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
					StreamConnection revoked = connect(context, identity, "main.test");
					assertThatThrownBy(() -> echo(revoked, "known")).isInstanceOf(SSLException.class)
						.hasMessageContaining("certificate_required");
				});
				assertThat(echo(living, "still here")).isEqualTo("TLSv1.3 still here\n");
				living.close();
			});
	}

	/** That one of several certificates cannot be used is nothing to the others. */
	@Test
	void aBrokenBundleDoesNotKeepAnotherFromItsRenewal(CapturedOutput output) {
		TestCertificate named = TestCertificate.create(directory, "named.test");
		Path namedFile = directory.resolve("named.pem");
		named.writeTo(namedFile);
		this.secured.withPropertyValues("spring.ssl.bundle.pem.main.reload-on-update=true",
				"spring.ssl.bundle.pem.named.reload-on-update=true", pem("named", "keystore.certificate"),
				pem("named", "keystore.private-key"), "streams.servers.echo.ssl.server-name-bundles.named.test=named")
			.run((context) -> {
				Files.writeString(this.file, "no certificate");
				await().atMost(Duration.ofSeconds(20))
					.until(() -> output.getOut().contains("SSL bundle 'main' was updated with what cannot be used"));
				TestCertificate renewed = TestCertificate.create(directory, "named.test");
				renewed.writeTo(namedFile);
				await().atMost(Duration.ofSeconds(20))
					.until(() -> shownTo(context, "named.test").equals(renewed.certificate()));
				assertThat(shownTo(context, "main.test")).isEqualTo(main.certificate());
			});
	}

	private void replaceBy(ApplicationContext context, TestCertificate certificate) {
		certificate.writeTo(this.file);
		await().atMost(Duration.ofSeconds(20))
			.until(() -> shownTo(context, "main.test").equals(certificate.certificate()));
	}

	@ParameterizedTest
	@CsvSource({ "ssl.bundle=none, ssl.bundle, There is no SSL bundle of this name",
			"ssl.client-auth=need, ssl.bundle, Name the SSL bundle",
			"ssl.enabled=true, ssl.bundle, Name the SSL bundle" })
	void badConfigurationNamesTheProperty(String property, String named, String reason) {
		assertRefused("streams.servers.echo." + property, named, reason);
	}

	@ParameterizedTest
	@CsvSource({ "ssl.server-name-bundles.a.test=none, ssl.server-name-bundles.a.test, There is no SSL bundle",
			"ssl.handshake-timeout=0s, ssl.handshake-timeout, above zero",
			"ssl.shutdown-timeout=0s, ssl.shutdown-timeout, above zero",
			"ssl.max-handshakes=0, ssl.max-handshakes, give 1 or more" })
	void badValueNamesTheProperty(String property, String named, String reason) {
		assertRefused("streams.servers.echo." + property, named, reason, "streams.servers.echo.ssl.bundle=main");
	}

	/** The JDK's own trust store has every public authority. */
	@ParameterizedTest
	@ValueSource(strings = { "need", "want" })
	void clientsOfNobodyKnownAreNotToBeTrusted(String clientAuth) {
		assertRefused("streams.servers.echo.ssl.client-auth=" + clientAuth, "ssl.client-auth", "has no trust store",
				"streams.servers.echo.ssl.bundle=other");
	}

	@Test
	void bundleThatCannotBeReadNamesTheProperty() {
		String missing = "file:" + directory.resolve("missing.pem");
		assertRefused("streams.servers.echo.ssl.bundle=broken", "ssl.bundle", "cannot be used: ",
				"spring.ssl.bundle.pem.broken.keystore.certificate=" + missing,
				"spring.ssl.bundle.pem.broken.keystore.private-key=" + missing);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					spring.ssl.bundle.pem.main.options.ciphers=ECDHE-RSA-AES256-GCM-SHA384 | ssl.bundle | 'options.ciphers' of this SSL
					spring.ssl.bundle.pem.main.options.enabled-protocols=TLSv1.4 | ssl.bundle | 'options.enabled-protocols' of this SSL
					streams.servers.echo.ssl.application-protocols=h2,,http/1.1 | ssl.application-protocols | Give each protocol a name
					""",
			quoteCharacter = '`')
	void whatTheJdkRefusesNamesTheProperty(String property, String named, String reason) {
		assertRefused(property, named, reason, "streams.servers.echo.ssl.bundle=main");
	}

	@Test
	void whatTheJdkKnowsIsTaken() {
		this.secured
			.withPropertyValues("spring.ssl.bundle.pem.main.options.ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
					"spring.ssl.bundle.pem.main.options.enabled-protocols=TLSv1.2",
					"streams.servers.echo.ssl.application-protocols=h2,http/1.1")
			.run((context) -> {
				try (StreamConnection client = connect(context, trusting(main), "main.test")) {
					assertThat(echo(client, "hello")).isEqualTo("TLSv1.2 hello\n");
				}
			});
	}

	@ParameterizedTest
	@CsvSource({ "truststore.certificate, ssl.bundle=keyless", "keystore.certificate, ssl.bundle=keyless",
			"truststore.certificate, ssl.server-name-bundles.a.test=keyless" })
	void bundleWithoutAKeyIsRefused(String store, String property) throws Exception {
		Path certificate = directory.resolve("certificate.pem");
		String content = Files.readString(this.file);
		Files.writeString(certificate, content.substring(0, content.indexOf("-----BEGIN PRIVATE KEY")));
		assertRefused("streams.servers.echo.ssl.bundle=main", "ssl.bundle",
				"'keyless' has no private key in its key store", pem("keyless", store, "certificate"),
				"streams.servers.echo." + property);
	}

	private void assertRefused(String property, String named, String reason, String... more) {
		this.runner.withPropertyValues(property)
			.withPropertyValues(more)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (failure) -> {
					assertThat(failure.getName()).isEqualTo("streams.servers.echo." + named);
					assertThat(failure.getReason()).contains(reason);
				}));
	}

	/** The certificate that is shown, whatever it is. */
	private static X509Certificate shownTo(ApplicationContext context, String host) throws Exception {
		return shown(context, trustingAll(), host);
	}

	private static X509Certificate shown(ApplicationContext context, SSLContext trust, String host) throws Exception {
		try (StreamConnection client = connect(context, trust, host)) {
			SSLSession session = client.info().get(TransportInfo.TLS_SESSION);
			return (X509Certificate) session.getPeerCertificates()[0];
		}
	}

	private static String echo(StreamConnection client, String line) throws IOException {
		client.writer().write((line + "\n").getBytes(UTF_8));
		return new String(client.reader().readLine(), UTF_8);
	}

	private static StreamConnection connect(ApplicationContext context, SSLContext trust, String host)
			throws IOException {
		return connect(context.getBean(StreamServers.class).get("echo").port(), trust, host);
	}

	private static StreamConnection connect(int port, SSLContext trust, String host) throws IOException {
		TlsOptions tls = TlsOptions.builder(trust).serverHostname(host).build();
		return Streams.openConnection("127.0.0.1", port, ConnectOptions.builder().tls(tls).build());
	}

	private static SSLContext trusting(TestCertificate certificate) {
		return TestCertificate.anyoneTrusting(certificate.certificate());
	}

	private static SSLContext trustingAll() throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new javax.net.ssl.TrustManager[] { new TrustingAll() }, null);
		return context;
	}

	private static String pem(String bundle, String store) {
		return pem(bundle, store, bundle);
	}

	private static String pem(String bundle, String store, String file) {
		return "spring.ssl.bundle.pem." + bundle + "." + store + "=file:" + directory.resolve(file + ".pem");
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@StreamHandler(server = "echo", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
			String protocol = protocol(writer);
			for (byte[] line; (line = reader.readLine()).length > 0;) {
				writer.write((protocol + " ").getBytes(UTF_8));
				writer.write(line);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SessionConfiguration {

		@StreamHandler(server = "session", host = "127.0.0.1", port = "0")
		void onConnect(SSLSession session, StreamWriter writer) throws IOException {
			writer.write(session.getProtocol().getBytes(UTF_8));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		@Bean
		StreamServerCustomizer tls(SslBundles bundles) {
			TlsOptions tls = TlsOptions.builder(bundles.getBundle("main").createSslContext()).build();
			return (server, options) -> options.tls(tls);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StartTlsConfiguration {

		private final SslBundles bundles;

		StartTlsConfiguration(SslBundles bundles) {
			this.bundles = bundles;
		}

		@StreamHandler(server = "later", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
			reader.readLine();
			writer.write((protocol(writer) + "\n").getBytes(UTF_8));
			writer.startTls(TlsOptions.builder(this.bundles.getBundle("main").createSslContext()).build());
			writer.write((protocol(writer) + "\n").getBytes(UTF_8));
		}

	}

	private static String protocol(StreamWriter writer) {
		SSLSession session = writer.connection().info().get(TransportInfo.TLS_SESSION);
		return (session != null) ? session.getProtocol() : null;
	}

	static class TrustingAll extends javax.net.ssl.X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
