package io.streams.spring.autoconfigure;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

import io.streams.ConnectOptions;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.spring.handler.StreamHandler;
import io.streams.spring.server.StreamServers;
import io.streams.spring.server.TestCertificate;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * SSL bundles that no server can use: at the start and at a reload.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnusableSslBundleTests {

	private static final String PASSWORD = "the password";

	private static final String KEY_PASSWORD = "another one";

	@TempDir
	static Path directory;

	private static TestCertificate main;

	private static TestCertificate other;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, SslAutoConfiguration.class,
				StreamsAutoConfiguration.class))
		.withUserConfiguration(IdleConfiguration.class)
		.withPropertyValues("spring.ssl.bundle.watch.file.quiet-period=50ms");

	@BeforeAll
	static void create() {
		main = TestCertificate.create(directory, "main.test");
		other = TestCertificate.create(directory, "other.test");
		mismatched().writeTo(directory.resolve("mismatched.pem"));
		main.writeTo(directory.resolve("other.pem"));
		store("PKCS12", "good.p12", main, PASSWORD);
		store("JKS", "good.jks", main, KEY_PASSWORD);
		trust("trust.p12");
		writeString("garbage.p12", "garbage");
	}

	/** The certificate of the one, and the key of the other. */
	private static TestCertificate mismatched() {
		return new TestCertificate(other.key(), main.certificate());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			good.p12    | the password | PKCS12 |             |
			good.p12    | wrong        | PKCS12 |             | the password of the key store is wrong
			good.p12    |              | PKCS12 |             | needs a password, and none is set
			missing.p12 | the password | PKCS12 |             | does not exist or cannot be opened
			garbage.p12 | the password | PKCS12 |             | EOFException
			good.p12    | the password | FOO    |             | FOO not found
			good.jks    | the password | JKS    | another one |
			good.jks    | the password | JKS    | wrong       | the password of the private key is wrong
			good.jks    | wrong        | JKS    | another one | the password of the key store is wrong
			good.jks    | the password | JKS    |             | the password of the private key is wrong
			good.jks    |              | JKS    |             | no password is set
			""")
	void eachReasonReadsDifferently(String file, String password, String type, String keyPassword, String reason) {
		List<String> properties = new ArrayList<>();
		String prefix = "spring.ssl.bundle.jks.main.";
		properties.add(prefix + "keystore.location=file:" + directory.resolve(file));
		properties.add(prefix + "keystore.type=" + type);
		if (password != null) {
			properties.add(prefix + "keystore.password=" + password);
		}
		if (keyPassword != null) {
			properties.add(prefix + "key.password=" + keyPassword);
		}
		this.runner.withPropertyValues("streams.servers.idle.ssl.bundle=main")
			.withPropertyValues(properties.toArray(String[]::new))
			.run((context) -> {
				if (reason == null) {
					assertThat(context).hasNotFailed();
					return;
				}
				FailureAnalysis analysis = FailedStart.analyze(context);
				assertThat(analysis.getDescription()).contains("streams.servers.idle.ssl.bundle")
					.contains("SSL bundle 'main'")
					.contains(reason);
			});
	}

	/** The JDK loads such a store without its certificates. */
	@ParameterizedTest
	@CsvSource({ "the password, ", ", has a trust store without certificates" })
	void trustStoreWithoutItsPasswordIsRefused(String password, String reason) {
		String prefix = "spring.ssl.bundle.jks.main.";
		ApplicationContextRunner secured = this.runner.withPropertyValues("streams.servers.idle.ssl.bundle=main",
				"streams.servers.idle.ssl.client-auth=need",
				prefix + "keystore.location=file:" + directory.resolve("good.p12"),
				prefix + "keystore.password=" + PASSWORD, prefix + "truststore.type=PKCS12",
				prefix + "truststore.location=file:" + directory.resolve("trust.p12"));
		ApplicationContextRunner complete = (password != null)
				? secured.withPropertyValues(prefix + "truststore.password=" + password) : secured;
		complete.run((context) -> {
			if (reason == null) {
				assertThat(context).hasNotFailed();
			}
			else {
				assertThat(FailedStart.analyze(context).getDescription())
					.contains("streams.servers.idle.ssl.client-auth", reason);
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "ssl.bundle=mismatched", "ssl.server-name-bundles.a.test=mismatched" })
	void keyOfAnotherCertificateFailsTheStart(String property) {
		this.runner.withPropertyValues(pem("mismatched"))
			.withPropertyValues(pem("other"))
			.withPropertyValues("streams.servers.idle.ssl.bundle=other", "streams.servers.idle." + property)
			.run((context) -> {
				FailureAnalysis analysis = FailedStart.analyze(context);
				assertThat(analysis.getDescription()).contains("streams.servers.idle.ssl.bundle")
					.contains("SSL bundle 'mismatched' has a private key that does not belong to its certificate")
					.contains("CN=main.test");
			});
	}

	@Test
	void keyOfAnotherCertificateIsNotPutIntoUse(CapturedOutput output) {
		Path file = directory.resolve("reloaded.pem");
		main.writeTo(file);
		this.runner.withPropertyValues(pem("reloaded"))
			.withPropertyValues("spring.ssl.bundle.pem.reloaded.reload-on-update=true",
					"streams.servers.idle.ssl.bundle=reloaded")
			.run((context) -> {
				mismatched().writeTo(file);
				await().atMost(Duration.ofSeconds(20)).until(() -> output.getAll().contains("ERROR"));
				assertThat(output.getAll().lines().filter((line) -> line.contains("SSL bundle 'reloaded'")))
					.singleElement()
					.asString()
					.contains("ERROR", "its old certificate stays in use", "does not belong to its certificate");
				assertThat(output).doesNotContain("IllegalStateException").doesNotContain("was updated: new");
				assertThat(shown(context)).isEqualTo(main.certificate());
				other.writeTo(file);
				await().atMost(Duration.ofSeconds(20)).until(() -> shown(context).equals(other.certificate()));
			});
	}

	private static X509Certificate shown(ApplicationContext context) throws Exception {
		SSLContext trust = SSLContext.getInstance("TLS");
		trust.init(null, new javax.net.ssl.TrustManager[] { new StreamServerSslTests.TrustingAll() }, null);
		TlsOptions tls = TlsOptions.builder(trust).verifyHostname(false).build();
		try (StreamConnection client = Streams.openConnection("127.0.0.1",
				context.getBean(StreamServers.class).get("idle").port(), ConnectOptions.builder().tls(tls).build())) {
			SSLSession session = client.info().get(TransportInfo.TLS_SESSION);
			return (X509Certificate) session.getPeerCertificates()[0];
		}
	}

	private static String[] pem(String bundle) {
		String prefix = "spring.ssl.bundle.pem." + bundle + ".keystore.";
		String file = "file:" + directory.resolve(bundle + ".pem");
		return new String[] { prefix + "certificate=" + file, prefix + "private-key=" + file };
	}

	private static void store(String type, String file, TestCertificate identity, String keyPassword) {
		try (OutputStream output = Files.newOutputStream(directory.resolve(file))) {
			KeyStore store = KeyStore.getInstance(type);
			store.load(null, null);
			store.setKeyEntry("key", identity.key(), keyPassword.toCharArray(),
					new X509Certificate[] { identity.certificate() });
			store.store(output, PASSWORD.toCharArray());
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void trust(String file) {
		try (OutputStream output = Files.newOutputStream(directory.resolve(file))) {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(null, null);
			store.setCertificateEntry("client", other.certificate());
			store.store(output, PASSWORD.toCharArray());
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void writeString(String file, String content) {
		try {
			Files.writeString(directory.resolve(file), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class IdleConfiguration {

		@StreamHandler(server = "idle", host = "127.0.0.1", port = "0")
		void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
			reader.read();
		}

	}

}
