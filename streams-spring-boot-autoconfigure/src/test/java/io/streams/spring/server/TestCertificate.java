package io.streams.spring.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key with a self-signed certificate, made by the JDK's keytool when the tests run.
 *
 * @param key the private key
 * @param certificate the certificate
 */
public record TestCertificate(PrivateKey key, X509Certificate certificate) {

	private static final AtomicInteger number = new AtomicInteger();

	private static final String PASSWORD = "for-tests-only";

	public static TestCertificate create(Path directory, String host) {
		Path store = directory.resolve("store" + number.incrementAndGet() + ".p12");
		String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
		try {
			Process process = new ProcessBuilder(keytool, "-genkeypair", "-keystore", store.toString(), "-storetype",
					"PKCS12", "-storepass", PASSWORD, "-alias", "key", "-keyalg", "EC", "-groupname", "secp256r1",
					"-dname", "CN=" + host, "-ext", "SAN=dns:" + host, "-validity", "3")
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("keytool.log").toFile())
				.start();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(Files.readString(directory.resolve("keytool.log")));
			}
			KeyStore keys = KeyStore.getInstance("PKCS12");
			try (InputStream input = Files.newInputStream(store)) {
				keys.load(input, PASSWORD.toCharArray());
			}
			return new TestCertificate((PrivateKey) keys.getKey("key", PASSWORD.toCharArray()),
					(X509Certificate) keys.getCertificate("key"));
		}
		catch (IOException | GeneralSecurityException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Puts certificate and key into one file, at once. */
	public void writeTo(Path file) {
		try {
			Path temporary = file.resolveSibling(file.getFileName() + ".new");
			Files.writeString(temporary,
					pem("CERTIFICATE", this.certificate.getEncoded()) + pem("PRIVATE KEY", this.key.getEncoded()));
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What a client has that shows this certificate. */
	public SSLContext trusting(X509Certificate... trusted) {
		try {
			KeyStore keys = KeyStore.getInstance("PKCS12");
			keys.load(null, null);
			keys.setKeyEntry("key", this.key, new char[0], new X509Certificate[] { this.certificate });
			KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keyManagers.init(keys, new char[0]);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keyManagers.getKeyManagers(), trustManagers(trusted).getTrustManagers(), null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What a client has that trusts some certificates. */
	public static SSLContext anyoneTrusting(X509Certificate... trusted) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trustManagers(trusted).getTrustManagers(), null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static TrustManagerFactory trustManagers(X509Certificate... trusted)
			throws IOException, GeneralSecurityException {
		KeyStore trust = KeyStore.getInstance("PKCS12");
		trust.load(null, null);
		for (X509Certificate certificate : trusted) {
			trust.setCertificateEntry("trusted" + trust.size(), certificate);
		}
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(trust);
		return factory;
	}

	private static String pem(String type, byte[] content) {
		return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
				+ "-----\n";
	}

}
