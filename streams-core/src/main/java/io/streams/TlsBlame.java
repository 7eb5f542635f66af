package io.streams;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Says who is to blame for a failure of TLS: the peer, whose input the engine rejects, or
 * this program, such as a key manager that throws.
 */
final class TlsBlame {

	/** Causes of causes that count. */
	private static final int MAX_CAUSES = 16;

	private TlsBlame() {
	}

	/**
	 * Returns whether an exception is, or copies, the failure of a connection that its
	 * peer caused.
	 * @param thrown the exception, such as that of a handler
	 * @param failure the failure of the connection, or {@code null} if it has none
	 */
	static boolean isFailureByPeer(Throwable thrown, @Nullable IOException failure) {
		Throwable next = thrown;
		for (int i = 0; failure != null && next != null && i < MAX_CAUSES; i++) {
			if (next == failure) {
				return !isByThisProgram(failure);
			}
			next = next.getCause();
		}
		return false;
	}

	private static boolean isByThisProgram(Throwable failure) {
		Throwable next = failure;
		for (int i = 0; next != null && i < MAX_CAUSES; i++) {
			if ((next instanceof RuntimeException || next instanceof Error) && !isThrownByJdk(next)) {
				return true;
			}
			next = next.getCause();
		}
		return false;
	}

	/**
	 * Returns whether the JDK's TLS threw the exception: of the classes that are not in
	 * its public packages, the innermost one belongs to it. It throws for some inputs
	 * that are malformed.
	 */
	private static boolean isThrownByJdk(Throwable failure) {
		for (StackTraceElement frame : failure.getStackTrace()) {
			String name = frame.getClassName();
			if (!name.startsWith("java.") && !name.startsWith("javax.")) {
				return name.startsWith("sun.security.");
			}
		}
		return false;
	}

}
