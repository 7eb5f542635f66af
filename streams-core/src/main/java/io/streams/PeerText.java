package io.streams;

import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Text that a peer has a say in, made fit for logs, terminals and pages: a peer must not
 * begin lines of its own in a log, nor send commands to the terminal that shows it, nor
 * fill a disk.
 *
 * @since 0.1
 */
public final class PeerText {

	/** Characters that are kept at most. */
	public static final int MAX_LENGTH = 256;

	private PeerText() {
	}

	/**
	 * Escapes what is not a visible character or a space as {@code \n}, {@code \x1b} or
	 * {@code \u202e}, and cuts what is longer than {@value #MAX_LENGTH} characters.
	 * @param text anything; its {@code toString} is taken, or the class of a
	 * {@link Throwable} whose {@code toString} throws
	 * @return printable text on one line, {@code "null"} for {@code null}
	 */
	public static String printable(@Nullable Object text) {
		String raw = text(text);
		StringBuilder printable = new StringBuilder();
		int end = Math.min(raw.length(), MAX_LENGTH);
		for (int i = 0; i < end; i++) {
			append(printable, raw.charAt(i));
		}
		if (end < raw.length()) {
			printable.append("… (").append(raw.length()).append(" characters)");
		}
		return printable.toString();
	}

	private static String text(@Nullable Object text) {
		try {
			return String.valueOf(String.valueOf(text));
		}
		catch (RuntimeException | Error ex) {
			if (!(text instanceof Throwable)) {
				throw ex;
			}
			return text.getClass().getName() + " (its text is unknown: toString threw " + ex.getClass().getName() + ")";
		}
	}

	private static void append(StringBuilder printable, char c) {
		switch (c) {
			case '\n' -> printable.append("\\n");
			case '\r' -> printable.append("\\r");
			case '\t' -> printable.append("\\t");
			default -> {
				if (isPrintable(c)) {
					printable.append(c);
				}
				else if (c < 0x100) {
					printable.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
				}
				else {
					printable.append("\\u").append(HexFormat.of().toHexDigits(c));
				}
			}
		}
	}

	/** Halves of pairs are left alone: a pair is a letter or a picture. */
	private static boolean isPrintable(char c) {
		return switch (Character.getType(c)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.UNASSIGNED, Character.PRIVATE_USE ->
				false;
			default -> true;
		};
	}

}
