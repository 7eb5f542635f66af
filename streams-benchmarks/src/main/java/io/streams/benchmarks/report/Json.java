package io.streams.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes maps, lists, texts and numbers as JSON.
 */
final class Json {

	private static final MathContext SIX_DIGITS = new MathContext(6);

	private Json() {
	}

	static String text(Object value) {
		return text(value, "\n");
	}

	private static String text(Object value, String lineBreak) {
		String inner = lineBreak + "  ";
		return switch (value) {
			case Map<?, ?> map -> map.entrySet()
				.stream()
				.map((entry) -> inner + quoted(entry.getKey().toString()) + ": " + text(entry.getValue(), inner))
				.collect(Collectors.joining(",", "{", lineBreak + "}"));
			case List<?> list -> list.stream()
				.map((element) -> inner + text(element, inner))
				.collect(Collectors.joining(",", "[", list.isEmpty() ? "]" : lineBreak + "]"));
			case Double number -> Double.isFinite(number) ? new BigDecimal(number, SIX_DIGITS).toPlainString() : "null";
			case Number number -> number.toString();
			default -> quoted(value.toString());
		};
	}

	private static String quoted(String text) {
		StringBuilder quoted = new StringBuilder("\"");
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '"' || c == '\\') {
				quoted.append('\\').append(c);
			}
			else if (c < ' ') {
				quoted.append(String.format("\\u%04x", (int) c));
			}
			else {
				quoted.append(c);
			}
		}
		return quoted.append('"').toString();
	}

}
