package io.streams.tls;

import java.io.IOException;
import java.util.List;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.jspecify.annotations.Nullable;

/**
 * Makes errors of the engine fit for a log. The engine may quote the peer, which may have
 * sent line ends, escape sequences or a mebibyte. The result is one line of printable
 * characters. Host names that the user of this program gave are kept as they are.
 */
final class PrintableFailure {

	/** Characters of one message that are kept. */
	static final int MAX_LENGTH = 256;

	/** Causes of causes that are told. */
	private static final int MAX_CAUSES = 5;

	private PrintableFailure() {
	}

	/**
	 * Returns a failure whose messages can be printed. A failure with other messages is
	 * replaced by one that says the same, and has no causes. A failure of this program,
	 * such as a key manager that throws, is replaced by one whose message has the causes:
	 * the engine calls it an "Unhandled exception".
	 */
	static IOException of(IOException failure) {
		return of(failure, List.of());
	}

	/**
	 * Returns a failure whose messages can be printed.
	 * @param names host names that the user of this program gave
	 */
	static IOException of(IOException failure, List<String> names) {
		if (!isPrintable(failure, names)) {
			return described(failure, names);
		}
		if (!(failure instanceof SSLException) || !isOfThisProgram(failure)) {
			return failure;
		}
		IOException described = described(failure, names);
		described.initCause(failure.getCause());
		return described;
	}

	private static SSLException described(IOException failure, List<String> names) {
		String message = describe(failure, names);
		SSLException described = (failure instanceof SSLHandshakeException) ? new SSLHandshakeException(message)
				: new SSLException(message);
		described.setStackTrace(failure.getStackTrace());
		return described;
	}

	/**
	 * Returns whether an exception of this program is the cause, such as that of a key
	 * manager, and not the peer's input.
	 */
	static boolean isOfThisProgram(IOException failure) {
		Throwable cause = failure.getCause();
		for (int i = 1; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof RuntimeException || cause instanceof Error) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

	private static boolean isPrintable(Throwable failure, List<String> names) {
		Throwable next = failure;
		for (int i = 0; next != null && i < MAX_CAUSES; i++) {
			String message = next.getMessage();
			if (message != null && !clean(message, names).equals(message)) {
				return false;
			}
			next = next.getCause();
		}
		return true;
	}

	private static String describe(IOException failure, List<String> names) {
		StringBuilder text = new StringBuilder(clean(failure.getMessage(), names));
		Throwable cause = failure.getCause();
		for (int i = 1; cause != null && i < MAX_CAUSES; i++) {
			text.append("; ").append(cause.getClass().getSimpleName());
			if (cause.getMessage() != null) {
				text.append(": ").append(clean(cause.getMessage(), names));
			}
			cause = cause.getCause();
		}
		return clean(text.toString(), names);
	}

	/** One line of printable characters, and of no more than {@link #MAX_LENGTH}. */
	private static String clean(@Nullable String message, List<String> names) {
		if (message == null) {
			return "";
		}
		StringBuilder text = new StringBuilder(Math.min(message.length(), MAX_LENGTH));
		for (int i = 0; i < message.length() && text.length() < MAX_LENGTH; i++) {
			String name = nameAt(message, i, names);
			if (name != null) {
				text.append(name);
				i += name.length() - 1;
				continue;
			}
			char c = message.charAt(i);
			text.append(isPlain(c) ? c : '?');
		}
		return (message.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH - 3) + "..." : text.toString();
	}

	private static @Nullable String nameAt(String message, int index, List<String> names) {
		for (String name : names) {
			if (!name.isEmpty() && message.startsWith(name, index) && isVisible(name)) {
				return name;
			}
		}
		return null;
	}

	/**
	 * Letters, digits, dots and hyphens of any script; neither line ends nor controls.
	 */
	private static boolean isVisible(String name) {
		return name.codePoints()
			.allMatch((c) -> Character.isLetterOrDigit(c) || isMark(c) || (c < 0x7F && isPlain((char) c)));
	}

	/** Combining accents and the vowel signs of some scripts. */
	private static boolean isMark(int c) {
		int type = Character.getType(c);
		return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
	}

	/** The JDK's own messages are in ASCII, with line ends where they quote records. */
	private static boolean isPlain(char c) {
		return c >= ' ' && c < 0x7F;
	}

}
