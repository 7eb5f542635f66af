package io.streams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Stands in a log for a failure that a log should not print as it is: a peer's words in
 * its message may forge lines, its stack trace may be a thousand lines long, its causes
 * may form a circle, and its own methods may throw. The stand-in has the same text in one
 * line of printable characters, and the first and last frames of the same stack trace.
 */
final class PrintableThrowable extends Exception {

	/** Most lines of a stack trace with all causes and suppressed failures. */
	static final int MAX_LINES = 300;

	private static final long serialVersionUID = 1L;

	/** Causes and suppressed failures of a trace that is logged as it is. */
	private static final int MAX_FAILURES = 8;

	/** Causes that a stand-in has: the outer ones, and the root cause. */
	private static final int MAX_CAUSES = 4;

	/** Suppressed failures that a stand-in and its causes have together. */
	private static final int MAX_SUPPRESSED = 4;

	/** Causes that are looked at, to find the root cause. */
	private static final int MAX_DEPTH = 1000;

	private static final int HEAD = 48;

	private static final int TAIL = 16;

	private static final int CAUSE_HEAD = 16;

	private static final int CAUSE_TAIL = 8;

	private PrintableThrowable(String text, @Nullable Throwable cause, StackTraceElement[] frames) {
		super(text, cause, true, true);
		setStackTrace(frames);
	}

	/**
	 * Logs a failure. If the failure's methods throw while the logger calls them, a
	 * stand-in is logged, which has methods that do not.
	 * @param failure the failure
	 * @param log gets what to log
	 */
	static void log(Throwable failure, Consumer<Throwable> log) {
		Throwable printable = of(failure);
		try {
			log.accept(printable);
		}
		catch (RuntimeException | Error ex) {
			if (printable != failure) {
				throw ex;
			}
			log.accept(standIn(failure));
		}
	}

	/**
	 * Returns the exception to log for a failure.
	 * @param failure the failure
	 * @return the failure itself, if its text can be printed and its trace is short
	 */
	static Throwable of(Throwable failure) {
		return isPrintable(failure) ? failure : standIn(failure);
	}

	private static boolean isPrintable(Throwable failure) {
		try {
			Set<Throwable> seen = identitySet();
			return lines(failure, new StackTraceElement[0], seen) <= MAX_LINES;
		}
		catch (RuntimeException | Error ex) {
			return false;
		}
	}

	/** Number of lines of a trace, or more than the limit if it cannot be printed. */
	private static int lines(Throwable failure, StackTraceElement[] enclosing, Set<Throwable> seen) {
		if (!seen.add(failure) || seen.size() > MAX_FAILURES || !isPrintable(failure.toString())
				|| !isPrintable(String.valueOf(failure.getMessage()))) {
			return MAX_LINES + 1;
		}
		StackTraceElement[] frames = failure.getStackTrace();
		int lines = 2 + frames.length - common(frames, enclosing);
		List<Throwable> more = new ArrayList<>(List.of(failure.getSuppressed()));
		Throwable cause = failure.getCause();
		if (cause != null) {
			more.add(cause);
		}
		for (Throwable each : more) {
			lines = Math.min(lines + lines(each, frames, seen), MAX_LINES + 1);
		}
		return lines;
	}

	private static boolean isPrintable(String text) {
		return PeerText.printable(text).equals(text);
	}

	private static Throwable standIn(Throwable failure) {
		List<Throwable> chain = chain(failure);
		int last = chain.size() - 1;
		int outer = (last <= MAX_CAUSES) ? last : MAX_CAUSES - 1;
		List<Throwable> shown = new ArrayList<>(chain.subList(0, outer + 1));
		PrintableThrowable cause = null;
		if (outer < last) {
			StackTraceElement[] enclosing = frames(chain.get(last - 1));
			cause = note((last - outer - 1) + " causes omitted", copy(chain.get(last), enclosing, null));
		}
		for (int i = shown.size() - 1; i > 0; i--) {
			cause = copy(shown.get(i), frames(shown.get(i - 1)), cause);
		}
		StackTraceElement[] frames = frames(failure);
		PrintableThrowable top = new PrintableThrowable(PeerText.printable(failure), cause,
				bounded(frames, HEAD, TAIL));
		addSuppressed(top, shown);
		return top;
	}

	/** A failure and its causes, the outermost first. Each of them is there once. */
	private static List<Throwable> chain(Throwable failure) {
		Set<Throwable> seen = identitySet();
		List<Throwable> chain = new ArrayList<>();
		Throwable next = failure;
		while (next != null && chain.size() < MAX_DEPTH && seen.add(next)) {
			chain.add(next);
			next = cause(next);
		}
		return chain;
	}

	private static void addSuppressed(PrintableThrowable top, List<Throwable> shown) {
		int left = MAX_SUPPRESSED;
		int omitted = 0;
		Throwable standIn = top;
		for (Throwable each : shown) {
			Throwable[] suppressed = each.getSuppressed();
			int count = Math.min(left, suppressed.length);
			left -= count;
			omitted += suppressed.length - count;
			StackTraceElement[] enclosing = frames(each);
			for (int i = 0; i < count; i++) {
				standIn.addSuppressed(copy(suppressed[i], enclosing, null));
			}
			standIn = Objects.requireNonNullElse(standIn.getCause(), standIn);
		}
		if (omitted > 0) {
			top.addSuppressed(note(omitted + " suppressed exceptions omitted", null));
		}
	}

	private static PrintableThrowable copy(Throwable failure, StackTraceElement[] enclosing,
			@Nullable PrintableThrowable cause) {
		StackTraceElement[] frames = frames(failure);
		int common = common(frames, enclosing);
		StackTraceElement[] own = bounded(Arrays.copyOf(frames, frames.length - common), CAUSE_HEAD, CAUSE_TAIL);
		// The logger leaves out frames that the enclosing trace ends with, too.
		int kept = Math.min(common, CAUSE_TAIL);
		StackTraceElement[] all = Arrays.copyOf(own, own.length + kept);
		System.arraycopy(frames, frames.length - kept, all, own.length, kept);
		return new PrintableThrowable(PeerText.printable(failure), cause, all);
	}

	private static PrintableThrowable note(String text, @Nullable PrintableThrowable cause) {
		return new PrintableThrowable("... " + text, cause, new StackTraceElement[0]);
	}

	private static StackTraceElement[] bounded(StackTraceElement[] frames, int head, int tail) {
		if (frames.length <= head + tail + 1) {
			return frames;
		}
		StackTraceElement[] bounded = Arrays.copyOf(frames, head + 1 + tail);
		// Printed as "at ...(960 frames omitted)"
		bounded[head] = new StackTraceElement("..", "", (frames.length - head - tail) + " frames omitted", -1);
		System.arraycopy(frames, frames.length - tail, bounded, head + 1, tail);
		return bounded;
	}

	/** Number of frames at the end that both traces have. */
	private static int common(StackTraceElement[] frames, StackTraceElement[] enclosing) {
		int common = 0;
		while (common < Math.min(frames.length, enclosing.length)
				&& frames[frames.length - 1 - common].equals(enclosing[enclosing.length - 1 - common])) {
			common++;
		}
		return common;
	}

	private static @Nullable Throwable cause(Throwable failure) {
		try {
			return failure.getCause();
		}
		catch (RuntimeException | Error ex) {
			return null;
		}
	}

	private static StackTraceElement[] frames(Throwable failure) {
		try {
			return Arrays.stream(failure.getStackTrace()).filter(Objects::nonNull).toArray(StackTraceElement[]::new);
		}
		catch (RuntimeException | Error ex) {
			return new StackTraceElement[0];
		}
	}

	private static Set<Throwable> identitySet() {
		return Collections.newSetFromMap(new IdentityHashMap<>());
	}

	/** Without the name of this class: the failure's own is in the message. */
	@Override
	public String toString() {
		return String.valueOf(getMessage());
	}

}
