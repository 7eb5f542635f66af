package io.streams;

import java.io.IOException;

/**
 * Says why a TLS handshake failed. The JDK's message is often a general one, such as
 * "Unhandled exception", and the reason is in the causes.
 */
final class HandshakeFailureText {

	/** Causes of causes in the text. */
	private static final int MAX_CAUSES = 5;

	private HandshakeFailureText() {
	}

	/**
	 * Returns the message of a failure with those of its causes that it does not repeat.
	 * @param failure the failure
	 * @return printable text on one line
	 */
	static String of(IOException failure) {
		StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
		Throwable cause = failure.getCause();
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			String message = cause.getMessage();
			String name = cause.getClass().getSimpleName();
			if (text.indexOf((message != null) ? message : name) < 0) {
				text.append("; ").append(name).append((message != null) ? ": " + message : "");
			}
			cause = cause.getCause();
		}
		return PeerText.printable(text);
	}

}
