package io.streams.nio;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The JDK's thread that wakes the virtual threads that wait in a select (JDK 24 and
 * later). It ends by an {@link OutOfMemoryError} when the heap is exhausted, and the JDK
 * does not start another one.
 */
final class MasterPoller {

	private static final String NAME = "MasterPoller";

	/** Set once; none in other JDKs and on other systems. */
	private static volatile @Nullable Thread thread;

	private MasterPoller() {
	}

	/** Finds it. Called by a virtual thread that has waited in a select, so it runs. */
	static void find() {
		if (thread == null) {
			thread = search();
		}
	}

	static boolean isFound() {
		return thread != null;
	}

	/** Whether it was found and does not run any more. Any thread. */
	static boolean hasEnded() {
		Thread found = thread;
		return found != null && !found.isAlive();
	}

	private static @Nullable Thread search() {
		ThreadGroup group = Thread.currentThread().getThreadGroup();
		while (group != null && group.getParent() != null) {
			group = group.getParent();
		}
		if (group == null) {
			return null;
		}
		Thread[] threads = new Thread[2 * group.activeCount() + 16];
		group.enumerate(threads);
		return Arrays.stream(threads)
			.filter(Objects::nonNull)
			.filter((each) -> each.getName().equals(NAME))
			.findFirst()
			.orElse(null);
	}

}
