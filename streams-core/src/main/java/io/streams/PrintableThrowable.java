package io.streams;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Stands in a log for a failure whose words may be a peer's, such as those of a number
 * that is none: it has the same stack trace, and says in one line of printable characters
 * what the failure is and says.
 */
final class PrintableThrowable extends Exception {

	private static final long serialVersionUID = 1L;

	/** Causes of causes, and what they suppressed, that are told. */
	private static final int MAX_DEPTH = 8;

	private PrintableThrowable(Throwable failure, @Nullable Throwable cause) {
		super(PeerText.printable(failure), cause, true, true);
		setStackTrace(failure.getStackTrace());
	}

	/**
	 * What to log.
	 * @param failure what happened
	 * @return the failure itself, if what it and its causes say can be printed
	 */
	static Throwable of(Throwable failure) {
		return isPrintable(failure, MAX_DEPTH) ? failure : copy(failure, MAX_DEPTH);
	}

	private static boolean isPrintable(@Nullable Throwable failure, int depth) {
		if (failure == null) {
			return true;
		}
		String said = String.valueOf(failure);
		return depth > 0 && PeerText.printable(said).equals(said) && isPrintable(failure.getCause(), depth - 1)
				&& Arrays.stream(failure.getSuppressed()).allMatch((each) -> isPrintable(each, depth - 1));
	}

	private static PrintableThrowable copy(Throwable failure, int depth) {
		Throwable cause = failure.getCause();
		boolean further = depth > 0;
		PrintableThrowable copy = new PrintableThrowable(failure,
				(cause != null && further) ? copy(cause, depth - 1) : null);
		if (further) {
			Arrays.stream(failure.getSuppressed()).forEach((each) -> copy.addSuppressed(copy(each, depth - 1)));
		}
		return copy;
	}

	/** Without the name of this class: the failure's own is in the message. */
	@Override
	public String toString() {
		return String.valueOf(getMessage());
	}

}
