package io.streams.benchmarks.contestant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import io.streams.benchmarks.process.Commands;

/**
 * A key on P-256 and its certificate, made by the JDK's keytool when a server starts.
 *
 * @param keyManagers what shows the certificate
 */
record ServerIdentity(KeyManagerFactory keyManagers) {

	/** It protects a file that lives for a second. */
	private static final String PASSWORD = "benchmark";

	static ServerIdentity create() throws IOException {
		Path directory = Files.createTempDirectory("streams-benchmark");
		Path file = directory.resolve("server.p12");
		try {
			String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
			if (!Commands.works(keytool, "-genkeypair", "-keystore", file.toString(), "-storetype", "PKCS12",
					"-storepass", PASSWORD, "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
					"CN=localhost", "-validity", "2")) {
				throw new IOException("keytool made no certificate");
			}
			return load(file);
		}
		finally {
			Files.deleteIfExists(file);
			Files.delete(directory);
		}
	}

	private static ServerIdentity load(Path file) throws IOException {
		try (InputStream input = Files.newInputStream(file)) {
			KeyStore keys = KeyStore.getInstance("PKCS12");
			keys.load(input, PASSWORD.toCharArray());
			KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keyManagers.init(keys, PASSWORD.toCharArray());
			return new ServerIdentity(keyManagers);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	SSLContext context() throws IOException {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(this.keyManagers.getKeyManagers(), null, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IOException("no TLS context", ex);
		}
	}

}
