package io.streams.demo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as text in which everything unprintable is escaped as in C.
 */
public final class Escapes {

	private Escapes() {
	}

	public static byte[] decode(String text) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character != '\\') {
				bytes.write(character);
				continue;
			}
			char escape = text.charAt(++i);
			switch (escape) {
				case 'r' -> bytes.write('\r');
				case 'n' -> bytes.write('\n');
				case 'x' -> {
					bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
					i += 2;
				}
				default -> bytes.write(escape);
			}
		}
		return bytes.toByteArray();
	}

	public static String encode(byte[] bytes) {
		StringBuilder text = new StringBuilder();
		for (char character : new String(bytes, StandardCharsets.ISO_8859_1).toCharArray()) {
			switch (character) {
				case '\\' -> text.append("\\\\");
				case '\r' -> text.append("\\r");
				case '\n' -> text.append("\\n");
				default -> {
					boolean printable = character >= ' ' && character < 0x7f;
					text.append(printable ? String.valueOf(character) : String.format("\\x%02x", (int) character));
				}
			}
		}
		return text.toString();
	}

}
