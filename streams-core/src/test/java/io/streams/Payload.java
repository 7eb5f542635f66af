package io.streams;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/**
 * Bytes that can be told from any others, and made again at the other end.
 */
final class Payload {

	private Payload() {
	}

	static byte[] random(long seed, int length) {
		byte[] bytes = new byte[length];
		new Random(seed).nextBytes(bytes);
		return bytes;
	}

	static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String hash(byte[] bytes) {
		return hex(digest(), bytes);
	}

	static String hex(MessageDigest digest, byte[] rest) {
		return HexFormat.of().formatHex(digest.digest(rest));
	}

	static String hex(MessageDigest digest) {
		return HexFormat.of().formatHex(digest.digest());
	}

}
