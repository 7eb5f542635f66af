package io.streams.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * A key and its certificate, made when the tests run, so that no private key is kept
 * anywhere.
 *
 * @param key the private key
 * @param certificate its certificate
 * @param issuer the certificate of the authority, its own if it is self-signed
 */
public record TestIdentity(PrivateKey key, X509Certificate certificate, X509Certificate issuer) {

	/**
	 * Of a private key on the curve P-256; each coordinate of a public one is as long.
	 */
	private static final int SCALAR_BYTES = 32;

	private static final AtomicLong serial = new AtomicLong(1);

	/** The authority that tests trust. */
	public static final TestIdentity CA = create("Test CA", null, true, Duration.ofDays(-1), Duration.ofDays(10));

	/** An authority that tests do not trust. */
	public static final TestIdentity OTHER_CA = create("Other CA", null, true, Duration.ofDays(-1),
			Duration.ofDays(10));

	public static final TestIdentity SERVER = issue("server", "localhost", "server.test", "127.0.0.1");

	public static final TestIdentity CLIENT = issue("client");

	public static TestIdentity issue(String name, String... hosts) {
		return issuedBy(CA, name, hosts);
	}

	public static TestIdentity issuedBy(TestIdentity authority, String name, String... hosts) {
		return create(name, authority, false, Duration.ofDays(-1), Duration.ofDays(5), hosts);
	}

	public static TestIdentity expired(String name, String... hosts) {
		return create(name, CA, false, Duration.ofDays(-5), Duration.ofDays(-1), hosts);
	}

	public static TestIdentity selfSigned(String name, String... hosts) {
		return create(name, null, false, Duration.ofDays(-1), Duration.ofDays(5), hosts);
	}

	/** What a server has that shows this certificate and trusts {@link #CA}. */
	public SSLContext context() {
		return context(this, CA);
	}

	/** What a client has that shows no certificate and trusts {@link #CA}. */
	public static SSLContext trusting() {
		return context(null, CA);
	}

	public static SSLContext context(@Nullable TestIdentity shown, TestIdentity... trusted) {
		try {
			KeyStore trust = KeyStore.getInstance("PKCS12");
			trust.load(null, null);
			for (TestIdentity identity : trusted) {
				trust.setCertificateEntry("ca" + trust.size(), identity.certificate());
			}
			TrustManagerFactory trustManagers = TrustManagerFactory
				.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trustManagers.init(trust);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init((shown != null) ? shown.keyManagers() : new KeyManager[0], trustManagers.getTrustManagers(),
					null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What shows this certificate, and has somebody else verify the peer's. */
	public SSLContext contextWith(TrustManager[] trustManagers) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keyManagers(), trustManagers, null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private KeyManager[] keyManagers() throws GeneralSecurityException, IOException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		keys.load(null, null);
		X509Certificate[] chain = this.certificate.equals(this.issuer) ? new X509Certificate[] { this.certificate }
				: new X509Certificate[] { this.certificate, this.issuer };
		keys.setKeyEntry("key", this.key, new char[0], chain);
		KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keyManagers.init(keys, new char[0]);
		return keyManagers.getKeyManagers();
	}

	/** Writes {@code name.crt} and {@code name.key} for tools that want files. */
	public void writePem(Path directory, String name) {
		try {
			Files.writeString(directory.resolve(name + ".crt"), pem("CERTIFICATE", this.certificate.getEncoded()));
			Files.writeString(directory.resolve(name + ".key"), pem("PRIVATE KEY", keyWithItsPublicPart()));
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The key as PKCS #8 (RFC 5958) with the public key in it (RFC 5915), which the JDK
	 * leaves out and GnuTLS does not do without.
	 */
	private byte[] keyWithItsPublicPart() {
		byte[] info = this.certificate.getPublicKey().getEncoded();
		byte[] point = Arrays.copyOfRange(info, info.length - (1 + 2 * SCALAR_BYTES), info.length);
		byte[] algorithm = DerWriter.sequence(DerWriter.oid("1.2.840.10045.2.1"), DerWriter.oid("1.2.840.10045.3.1.7"));
		return DerWriter.sequence(DerWriter.integer(BigInteger.ZERO), algorithm,
				DerWriter.octets(DerWriter.sequence(DerWriter.integer(BigInteger.ONE), DerWriter.octets(scalar()),
						DerWriter.tagged(0xA1, DerWriter.bits(point)))));
	}

	private byte[] scalar() {
		byte[] signed = ((ECPrivateKey) this.key).getS().toByteArray();
		byte[] scalar = new byte[SCALAR_BYTES];
		int length = Math.min(signed.length, SCALAR_BYTES);
		System.arraycopy(signed, signed.length - length, scalar, SCALAR_BYTES - length, length);
		return scalar;
	}

	private static String pem(String type, byte[] content) {
		String encoded = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
		return "-----BEGIN " + type + "-----\n" + encoded + "\n-----END " + type + "-----\n";
	}

	private static TestIdentity create(String name, @Nullable TestIdentity authority, boolean isAuthority,
			Duration validFrom, Duration validTo, String... hosts) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			KeyPair keys = generator.generateKeyPair();
			Instant now = Instant.now();
			byte[] algorithm = DerWriter.sequence(DerWriter.oid("1.2.840.10045.4.3.2"));
			byte[] issuer = (authority != null) ? authority.certificate.getSubjectX500Principal().getEncoded()
					: name(name);
			byte[] toSign = DerWriter.sequence(DerWriter.tagged(0xA0, DerWriter.integer(BigInteger.TWO)),
					DerWriter.integer(BigInteger.valueOf(serial.getAndIncrement())), algorithm, issuer,
					DerWriter.sequence(DerWriter.time(now.plus(validFrom)), DerWriter.time(now.plus(validTo))),
					name(name), keys.getPublic().getEncoded(),
					DerWriter.tagged(0xA3, DerWriter.sequence(extensions(isAuthority, hosts))));
			Signature signature = Signature.getInstance("SHA256withECDSA");
			signature.initSign((authority != null) ? authority.key : keys.getPrivate());
			signature.update(toSign);
			byte[] encoded = DerWriter.sequence(toSign, algorithm, DerWriter.bits(signature.sign()));
			X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(encoded));
			return new TestIdentity(keys.getPrivate(), certificate,
					(authority != null) ? authority.certificate : certificate);
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] name(String name) {
		return DerWriter.sequence(DerWriter.set(DerWriter.sequence(DerWriter.oid("2.5.4.3"), DerWriter.text(name))));
	}

	private static byte[][] extensions(boolean isAuthority, String[] hosts) throws IOException {
		List<byte[]> extensions = new ArrayList<>();
		if (isAuthority) {
			extensions.add(DerWriter.sequence(DerWriter.oid("2.5.29.19"), DerWriter.bool(true),
					DerWriter.octets(DerWriter.sequence(DerWriter.bool(true)))));
		}
		else {
			extensions.add(DerWriter.sequence(DerWriter.oid("2.5.29.19"), DerWriter.octets(DerWriter.sequence())));
		}
		if (hosts.length > 0) {
			List<byte[]> names = new ArrayList<>();
			for (String host : hosts) {
				names.add(Character.isDigit(host.charAt(0))
						? DerWriter.tagged(0x87, InetAddress.getByName(host).getAddress())
						: DerWriter.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
			}
			extensions.add(DerWriter.sequence(DerWriter.oid("2.5.29.17"),
					DerWriter.octets(DerWriter.sequence(names.toArray(byte[][]::new)))));
		}
		return extensions.toArray(byte[][]::new);
	}

}
