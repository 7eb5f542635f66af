package io.streams.spring.server;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Every kind of private key against the public key of every kind of certificate.
 */
class KeyPairCheckTests {

	private static final Map<String, KeyPair> PAIRS = pairs();

	@ParameterizedTest(name = "key {0}, certificate {1}")
	@MethodSource("combinations")
	void keyBelongsToItsOwnCertificateOnly(String key, String certificate) {
		boolean mismatch = KeyPairCheck.isMismatch(PAIRS.get(key).getPrivate(), PAIRS.get(certificate).getPublic());
		assertThat(mismatch).isEqualTo(!key.equals(certificate));
	}

	static Stream<Arguments> combinations() {
		return PAIRS.keySet().stream().flatMap((key) -> PAIRS.keySet().stream().map((other) -> arguments(key, other)));
	}

	/** As one in hardware whose provider is not there. */
	@Test
	void keyThatCannotSignPasses() {
		PrivateKey opaque = new PrivateKey() {

			@Override
			public String getAlgorithm() {
				return "EC";
			}

			@Override
			public String getFormat() {
				return null;
			}

			@Override
			public byte[] getEncoded() {
				return null;
			}

		};
		assertThat(KeyPairCheck.isMismatch(opaque, PAIRS.get("P-256").getPublic())).isFalse();
	}

	private static Map<String, KeyPair> pairs() {
		Map<String, KeyPair> pairs = new LinkedHashMap<>();
		AlgorithmParameterSpec bits2048 = new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
		pairs.put("RSA", pair("RSA", bits2048));
		pairs.put("another RSA", pair("RSA", bits2048));
		pairs.put("RSA of 3072 bits", pair("RSA", new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4)));
		pairs.put("RSASSA-PSS", pair("RSASSA-PSS", bits2048));
		pairs.put("P-256", pair("EC", new ECGenParameterSpec("secp256r1")));
		pairs.put("another P-256", pair("EC", new ECGenParameterSpec("secp256r1")));
		pairs.put("P-384", pair("EC", new ECGenParameterSpec("secp384r1")));
		pairs.put("Ed25519", pair("EdDSA", NamedParameterSpec.ED25519));
		pairs.put("another Ed25519", pair("EdDSA", NamedParameterSpec.ED25519));
		pairs.put("Ed448", pair("EdDSA", NamedParameterSpec.ED448));
		return pairs;
	}

	private static KeyPair pair(String algorithm, AlgorithmParameterSpec parameters) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
			generator.initialize(parameters);
			return generator.generateKeyPair();
		}
		catch (java.security.GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
