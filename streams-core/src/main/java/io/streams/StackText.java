package io.streams;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Formats a stack trace for the log, cut after its first frames.
 */
final class StackText {

	private static final int DEPTH = 12;

	private StackText() {
	}

	/**
	 * Formats the first frames; if all of them are the JDK's, those that called them too.
	 */
	static String of(StackTraceElement[] stack) {
		int caller = 0;
		while (caller < stack.length && stack[caller].getClassName().startsWith("java.")) {
			caller++;
		}
		String top = text(stack, 0);
		return (caller < DEPTH || caller == stack.length) ? top
				: top + System.lineSeparator() + "\t... " + (caller - DEPTH) + " frames" + text(stack, caller);
	}

	private static String text(StackTraceElement[] stack, int from) {
		return Stream.of(stack)
			.skip(from)
			.limit(DEPTH)
			.map((frame) -> System.lineSeparator() + "\tat " + frame)
			.collect(Collectors.joining());
	}

}
