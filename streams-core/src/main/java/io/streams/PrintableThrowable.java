package io.streams;

import org.jspecify.annotations.Nullable;

/**
 * Stands in a log for a failure whose words may be a peer's, such as those of a number
 * that is none: it has the same stack trace, and says in one line of printable characters
 * what the failure is and says.
 */
final class PrintableThrowable extends Exception {

	private static final long serialVersionUID = 1L;

	/** Causes of causes that are told. */
	private static final int MAX_CAUSES = 8;

	private PrintableThrowable(Throwable failure, @Nullable Throwable cause) {
		super(PeerText.printable(failure), cause, false, true);
		setStackTrace(failure.getStackTrace());
	}

	/**
	 * What to log.
	 * @param failure what happened
	 * @return the failure itself, if what it and its causes say can be printed
	 */
	static Throwable of(Throwable failure) {
		return isPrintable(failure, MAX_CAUSES) ? failure : copy(failure, MAX_CAUSES);
	}

	private static boolean isPrintable(@Nullable Throwable failure, int causes) {
		if (failure == null) {
			return true;
		}
		String said = String.valueOf(failure);
		return causes > 0 && failure.getSuppressed().length == 0 && PeerText.printable(said).equals(said)
				&& isPrintable(failure.getCause(), causes - 1);
	}

	private static PrintableThrowable copy(Throwable failure, int causes) {
		Throwable cause = failure.getCause();
		return new PrintableThrowable(failure, (cause != null && causes > 0) ? copy(cause, causes - 1) : null);
	}

	/** Without the name of this class: the failure's own is in the message. */
	@Override
	public String toString() {
		return String.valueOf(getMessage());
	}

}
