package io.streams;

import java.io.IOException;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Says why a TLS handshake failed. The JDK's message is often a general one, such as
 * "Unhandled exception", and the reason is in the causes.
 */
final class HandshakeFailureText {

	/** Causes of causes in the text. */
	private static final int MAX_CAUSES = 5;

	/** Messages of the JDK that say nothing if there is a cause. */
	private static final Set<String> GENERAL = Set.of("Unexpected exception", "Unhandled exception", "readRecord",
			"General SSLEngine problem", "problem unwrapping net record", "Delegated task threw Exception or Error");

	private HandshakeFailureText() {
	}

	/**
	 * Returns the message of a failure with those of its causes that it does not repeat.
	 * @param failure the failure
	 * @return printable text on one line
	 */
	static String of(IOException failure) {
		StringBuilder text = new StringBuilder();
		Throwable cause = failure.getCause();
		if (cause == null || !isGeneral(failure.getMessage())) {
			text.append(failure.getMessage());
		}
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			String message = cause.getMessage();
			if (cause.getCause() != null && isGeneral(message)) {
				cause = cause.getCause();
				continue;
			}
			String name = cause.getClass().getSimpleName();
			if (text.indexOf((message != null) ? message : name) < 0) {
				text.append(text.isEmpty() ? "" : "; ").append(name).append((message != null) ? ": " + message : "");
			}
			cause = cause.getCause();
		}
		return PeerText.printable(text);
	}

	/** An alert in front, as in "(internal_error) Unhandled exception", is no reason. */
	private static boolean isGeneral(@Nullable String message) {
		return message != null && GENERAL.contains(message.replaceFirst("^\\([a-z_]+\\) ", ""));
	}

}
