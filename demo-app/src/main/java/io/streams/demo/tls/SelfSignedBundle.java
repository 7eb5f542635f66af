package io.streams.demo.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Makes a key and a certificate for localhost each time the demo starts, with the JDK's
 * {@code keytool}, and registers them as the SSL bundle {@code demo}. The key is in
 * memory only once the demo runs.
 */
@Component
class SelfSignedBundle implements SslBundleRegistrar {

	private static final String NAME = "demo";

	private static final long TIMEOUT_SECONDS = 60;

	@Override
	public void registerBundles(SslBundleRegistry registry) {
		String password = randomPassword();
		KeyStore keys = create(password);
		registry.registerBundle(NAME, SslBundle.of(SslStoreBundle.of(keys, password, keys)));
	}

	private static String randomPassword() {
		byte[] random = new byte[16];
		new SecureRandom().nextBytes(random);
		return HexFormat.of().formatHex(random);
	}

	private static KeyStore create(String password) {
		try {
			Path directory = Files.createTempDirectory("streams-demo");
			try {
				Path file = directory.resolve("demo.p12");
				runKeytool(file, password);
				return load(file, password);
			}
			finally {
				FileSystemUtils.deleteRecursively(directory);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void runKeytool(Path file, String password) throws IOException {
		String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
		Path log = file.resolveSibling("keytool.log");
		ProcessBuilder builder = new ProcessBuilder(keytool, "-genkeypair", "-keystore", file.toString(), "-storetype",
				"PKCS12", "-storepass:env", "DEMO_PASSWORD", "-alias", NAME, "-keyalg", "EC", "-groupname", "secp256r1",
				"-dname", "CN=localhost", "-ext", "SAN=dns:localhost,ip:127.0.0.1", "-validity", "30");
		builder.redirectErrorStream(true).redirectOutput(log.toFile()).environment().put("DEMO_PASSWORD", password);
		if (exitCodeOf(builder.start()) != 0) {
			throw new IllegalStateException("keytool made no certificate: " + Files.readString(log));
		}
	}

	private static int exitCodeOf(Process process) {
		try {
			return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while keytool ran", ex);
		}
		finally {
			process.destroy();
		}
	}

	private static KeyStore load(Path file, String password) throws IOException {
		try (InputStream input = Files.newInputStream(file)) {
			KeyStore keys = KeyStore.getInstance("PKCS12");
			keys.load(input, password.toCharArray());
			return keys;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
