package io.streams.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.jspecify.annotations.Nullable;

/**
 * Recognizes input that the engine rejects without naming it: another protocol where a
 * handshake begins, and an alert that the peer sent without encryption. Event loop only.
 */
final class TlsForeignInput {

	/** Bytes that tell the protocols apart, as many as the header of a record has. */
	private static final int OPENING_BYTES = 5;

	private static final byte ALERT = 21;

	private static final int ALERT_RECORD_BYTES = 7;

	/** The signature of the PROXY protocol, version 2, begins with these bytes. */
	private static final String PROXY_SIGNATURE = "\r\n\r\n\0";

	private static final String[] HTTP_METHODS = { "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ",
			"CONNECT ", "TRACE ", "PRI " };

	/** Descriptions of alerts (RFC 8446, section 6, and RFC 5246, section 7.2). */
	private static final Map<Integer, String> ALERTS = Map.ofEntries(Map.entry(10, "unexpected_message"),
			Map.entry(20, "bad_record_mac"), Map.entry(22, "record_overflow"), Map.entry(40, "handshake_failure"),
			Map.entry(42, "bad_certificate"), Map.entry(43, "unsupported_certificate"),
			Map.entry(44, "certificate_revoked"), Map.entry(45, "certificate_expired"),
			Map.entry(46, "certificate_unknown"), Map.entry(47, "illegal_parameter"), Map.entry(48, "unknown_ca"),
			Map.entry(49, "access_denied"), Map.entry(50, "decode_error"), Map.entry(51, "decrypt_error"),
			Map.entry(70, "protocol_version"), Map.entry(71, "insufficient_security"), Map.entry(80, "internal_error"),
			Map.entry(86, "inappropriate_fallback"), Map.entry(90, "user_canceled"),
			Map.entry(109, "missing_extension"), Map.entry(110, "unsupported_extension"),
			Map.entry(112, "unrecognized_name"), Map.entry(113, "bad_certificate_status_response"),
			Map.entry(115, "unknown_psk_identity"), Map.entry(116, "certificate_required"),
			Map.entry(120, "no_application_protocol"));

	/** The first bytes, the latest one in the lowest bits. */
	private long opening;

	private int length;

	/** The alert in the latest record, if it is not encrypted. */
	private @Nullable String alert;

	/** Takes note of bytes that arrive, and does not move the position. */
	void received(ByteBuffer chunk) {
		int count = Math.min(chunk.remaining(), OPENING_BYTES - this.length);
		for (int i = 0; i < count; i++) {
			this.opening = this.opening << 8 | chunk.get(chunk.position() + i) & 0xFF;
			this.length++;
		}
	}

	/** Returns whether the peer has not sent a byte. */
	boolean isNothing() {
		return this.length == 0;
	}

	/** Takes note of a record of the handshake before the engine decrypts it in place. */
	void record(ByteBuffer record) {
		boolean plainAlert = record.remaining() == ALERT_RECORD_BYTES && record.get(record.position()) == ALERT;
		int description = plainAlert ? record.get(record.position() + ALERT_RECORD_BYTES - 1) & 0xFF : -1;
		this.alert = plainAlert ? ALERTS.getOrDefault(description, "alert " + description) : null;
	}

	/**
	 * Returns an error that names the input, or the error of the engine if the input is
	 * not known.
	 */
	SSLException explain(SSLException failure) {
		String protocol = protocol();
		if (protocol != null) {
			return new SSLException("The peer sent " + protocol + " in place of a TLS handshake", failure);
		}
		String received = this.alert;
		if (received == null || String.valueOf(failure.getMessage()).contains(received)) {
			return failure;
		}
		// The engine's error is about the encryption, and no part of the reason.
		return new SSLHandshakeException("(" + received + ") Received fatal alert without encryption: " + received);
	}

	private @Nullable String protocol() {
		if (this.length < OPENING_BYTES) {
			return null;
		}
		byte[] bytes = new byte[OPENING_BYTES];
		for (int i = 0; i < OPENING_BYTES; i++) {
			bytes[i] = (byte) (this.opening >> 8 * (OPENING_BYTES - 1 - i));
		}
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		return switch (text) {
			case "PROXY" -> "a header of the PROXY protocol, version 1,";
			case PROXY_SIGNATURE -> "a header of the PROXY protocol, version 2,";
			case "HTTP/" -> "an HTTP response";
			case "SSH-2", "SSH-1" -> "an SSH banner";
			default -> isHttpRequest(text) ? "an HTTP request" : null;
		};
	}

	private static boolean isHttpRequest(String text) {
		for (String method : HTTP_METHODS) {
			if (method.startsWith(text) || text.startsWith(method)) {
				return true;
			}
		}
		return false;
	}

}
