package io.streams.spring.server;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that a private key belongs to a certificate: the key signs random bytes, and the
 * public key of the certificate verifies them.
 */
final class KeyPairCheck {

	private static final Logger logger = LoggerFactory.getLogger(KeyPairCheck.class);

	private static final int CHALLENGE_BYTES = 32;

	private static final String PSS = "RSASSA-PSS";

	private static final PSSParameterSpec PSS_PARAMETERS = new PSSParameterSpec("SHA-256", "MGF1",
			MGF1ParameterSpec.SHA256, CHALLENGE_BYTES, PSSParameterSpec.TRAILER_FIELD_BC);

	private KeyPairCheck() {
	}

	/**
	 * Returns whether a pair does not match. A pair of an algorithm that is not known
	 * here, or a key that cannot sign, passes: the handshake decides.
	 * @param key the private key
	 * @param certified the public key of the certificate
	 */
	static boolean isMismatch(PrivateKey key, PublicKey certified) {
		if (!family(key.getAlgorithm()).equals(family(certified.getAlgorithm()))) {
			return true;
		}
		String algorithm = signatureAlgorithm(key, certified);
		if (algorithm == null) {
			return false;
		}
		byte[] challenge = new byte[CHALLENGE_BYTES];
		new SecureRandom().nextBytes(challenge);
		byte[] signed;
		try {
			signed = sign(algorithm, key, challenge);
		}
		catch (GeneralSecurityException | RuntimeException ex) {
			logger.debug("A private key of the algorithm {} could not be checked", key.getAlgorithm(), ex);
			return false;
		}
		return !isVerified(algorithm, certified, challenge, signed);
	}

	private static byte[] sign(String algorithm, PrivateKey key, byte[] challenge) throws GeneralSecurityException {
		Signature signature = signature(algorithm);
		signature.initSign(key);
		signature.update(challenge);
		return signature.sign();
	}

	private static boolean isVerified(String algorithm, PublicKey certified, byte[] challenge, byte[] signed) {
		try {
			Signature signature = signature(algorithm);
			signature.initVerify(certified);
			signature.update(challenge);
			return signature.verify(signed);
		}
		catch (SignatureException ex) {
			// A signature of another length or on another curve.
			return false;
		}
		catch (GeneralSecurityException | RuntimeException ex) {
			logger.debug("A certificate of the algorithm {} could not be checked", certified.getAlgorithm(), ex);
			return true;
		}
	}

	private static Signature signature(String algorithm) throws GeneralSecurityException {
		Signature signature = Signature.getInstance(algorithm);
		if (algorithm.equals(PSS)) {
			signature.setParameter(PSS_PARAMETERS);
		}
		return signature;
	}

	private static @Nullable String signatureAlgorithm(PrivateKey key, PublicKey certified) {
		return switch (family(key.getAlgorithm())) {
			case "RSA" ->
				(key.getAlgorithm().equals(PSS) || certified.getAlgorithm().equals(PSS)) ? PSS : "SHA256withRSA";
			case "EC" -> "SHA256withECDSA";
			case "EdDSA" -> "EdDSA";
			case "DSA" -> "SHA256withDSA";
			default -> null;
		};
	}

	/** Names of one kind of key differ by the provider. */
	private static String family(String algorithm) {
		return switch (algorithm) {
			case PSS -> "RSA";
			case "ECDSA" -> "EC";
			case "Ed25519", "Ed448" -> "EdDSA";
			default -> algorithm;
		};
	}

}
