package io.streams.tls;

import java.io.IOException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.jspecify.annotations.Nullable;

/**
 * What the engine says of a peer may quote the peer, who may have sent line ends, escape
 * sequences or a mebibyte. It is to be logged in one line that only this program wrote.
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
		if (!isPrintable(failure)) {
			return described(failure);
		}
		if (!(failure instanceof SSLException) || !isOfThisProgram(failure)) {
			return failure;
		}
		IOException described = described(failure);
		described.initCause(failure.getCause());
		return described;
	}

	private static SSLException described(IOException failure) {
		String message = describe(failure);
		SSLException described = (failure instanceof SSLHandshakeException) ? new SSLHandshakeException(message)
				: new SSLException(message);
		described.setStackTrace(failure.getStackTrace());
		return described;
	}

	private static boolean isOfThisProgram(IOException failure) {
		Throwable cause = failure.getCause();
		for (int i = 1; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof RuntimeException || cause instanceof Error) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

	private static boolean isPrintable(Throwable failure) {
		Throwable next = failure;
		for (int i = 0; next != null && i < MAX_CAUSES; i++) {
			String message = next.getMessage();
			if (message != null && !clean(message).equals(message)) {
				return false;
			}
			next = next.getCause();
		}
		return true;
	}

	private static String describe(IOException failure) {
		StringBuilder text = new StringBuilder(clean(failure.getMessage()));
		Throwable cause = failure.getCause();
		for (int i = 1; cause != null && i < MAX_CAUSES; i++) {
			text.append("; ").append(cause.getClass().getSimpleName());
			if (cause.getMessage() != null) {
				text.append(": ").append(clean(cause.getMessage()));
			}
			cause = cause.getCause();
		}
		return clean(text.toString());
	}

	/** One line of printable characters, and of no more than {@link #MAX_LENGTH}. */
	static String clean(@Nullable String message) {
		if (message == null) {
			return "";
		}
		StringBuilder text = new StringBuilder(Math.min(message.length(), MAX_LENGTH));
		for (int i = 0; i < message.length() && text.length() < MAX_LENGTH; i++) {
			char c = message.charAt(i);
			text.append(isPlain(c) ? c : '?');
		}
		return (message.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH - 3) + "..." : text.toString();
	}

	/** The JDK's own messages are in ASCII, with line ends where they quote records. */
	private static boolean isPlain(char c) {
		return c >= ' ' && c < 0x7F;
	}

}
