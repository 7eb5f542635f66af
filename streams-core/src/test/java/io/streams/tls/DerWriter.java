package io.streams.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * As much of DER as a certificate needs.
 */
final class DerWriter {

	private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'")
		.withZone(ZoneOffset.UTC);

	private DerWriter() {
	}

	static byte[] sequence(byte[]... parts) {
		return tagged(0x30, join(parts));
	}

	static byte[] set(byte[]... parts) {
		return tagged(0x31, join(parts));
	}

	static byte[] integer(BigInteger value) {
		return tagged(0x02, value.toByteArray());
	}

	static byte[] bool(boolean value) {
		return tagged(0x01, new byte[] { (byte) (value ? 0xFF : 0) });
	}

	static byte[] octets(byte[] content) {
		return tagged(0x04, content);
	}

	static byte[] bits(byte[] content) {
		return tagged(0x03, join(new byte[1], content));
	}

	static byte[] text(String text) {
		return tagged(0x0C, text.getBytes(StandardCharsets.UTF_8));
	}

	static byte[] time(Instant time) {
		return tagged(0x17, UTC_TIME.format(time).getBytes(StandardCharsets.US_ASCII));
	}

	/** An object identifier whose arcs above the second are below 2^14 but for one. */
	static byte[] oid(String dotted) {
		String[] arcs = dotted.split("\\.");
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		content.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
		for (int i = 2; i < arcs.length; i++) {
			int arc = Integer.parseInt(arcs[i]);
			if (arc >= 1 << 14) {
				content.write(0x80 | arc >> 14);
			}
			if (arc >= 1 << 7) {
				content.write(0x80 | arc >> 7);
			}
			content.write(arc & 0x7F);
		}
		return tagged(0x06, content.toByteArray());
	}

	static byte[] tagged(int tag, byte[] content) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(tag);
		if (content.length >= 0x100) {
			out.write(0x82);
			out.write(content.length >> 8);
		}
		else if (content.length >= 0x80) {
			out.write(0x81);
		}
		out.write(content.length);
		out.writeBytes(content);
		return out.toByteArray();
	}

	private static byte[] join(byte[]... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			out.writeBytes(part);
		}
		return out.toByteArray();
	}

}
