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

	static String of(StackTraceElement[] stack) {
		return Stream.of(stack)
			.limit(DEPTH)
			.map((frame) -> System.lineSeparator() + "\tat " + frame)
			.collect(Collectors.joining());
	}

}
