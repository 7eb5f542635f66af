package io.streams.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;

/**
 * A key with a self-signed certificate that never leaves the process. The JDK has no API
 * that makes a certificate, so this class writes the few fields of one (RFC 5280, version
 * 1, without extensions) in DER.
 *
 * @param key the private key
 * @param chain its certificate
 */
record ThrowawayIdentity(PrivateKey key, Certificate[] chain) {

	private static final int SEQUENCE = 0x30;

	private static final int BIT_STRING = 0x03;

	private static final int UTC_TIME = 0x17;

	/** The number 1. */
	private static final byte[] SERIAL = HexFormat.of().parseHex("020101");

	/** {@code ecdsa-with-SHA256} (RFC 5758). */
	private static final byte[] ALGORITHM = HexFormat.of().parseHex("300a06082a8648ce3d040302");

	/** {@code CN=x}. */
	private static final byte[] NAME = HexFormat.of().parseHex("300c310a300806035504030c0178");

	static ThrowawayIdentity create() throws GeneralSecurityException {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
		generator.initialize(new ECGenParameterSpec("secp256r1"));
		KeyPair pair = generator.generateKeyPair();
		byte[] validity = tagged(SEQUENCE, time("700101000000Z"), time("491231235959Z"));
		byte[] content = tagged(SEQUENCE, SERIAL, ALGORITHM, NAME, validity, NAME, pair.getPublic().getEncoded());
		Signature signature = Signature.getInstance("SHA256withECDSA");
		signature.initSign(pair.getPrivate());
		signature.update(content);
		byte[] encoded = tagged(SEQUENCE, content, ALGORITHM, tagged(BIT_STRING, new byte[1], signature.sign()));
		Certificate certificate = CertificateFactory.getInstance("X.509")
			.generateCertificate(new ByteArrayInputStream(encoded));
		return new ThrowawayIdentity(pair.getPrivate(), new Certificate[] { certificate });
	}

	private static byte[] time(String time) {
		return tagged(UTC_TIME, time.getBytes(StandardCharsets.US_ASCII));
	}

	private static byte[] tagged(int tag, byte[]... parts) {
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			content.writeBytes(part);
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(tag);
		if (content.size() >= 0x100) {
			out.write(0x82);
			out.write(content.size() >> Byte.SIZE);
		}
		else if (content.size() >= 0x80) {
			out.write(0x81);
		}
		out.write(content.size());
		out.writeBytes(content.toByteArray());
		return out.toByteArray();
	}

}
