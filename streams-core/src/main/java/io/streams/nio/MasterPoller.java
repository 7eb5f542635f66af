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

	/** Set once; found only after a virtual thread has waited. */
	private static volatile @Nullable Thread thread;

	private MasterPoller() {
	}

	/** Whether it has run and does not run any more. Any thread. */
	static boolean hasEnded() {
		Thread known = thread;
		if (known == null) {
			known = find();
			thread = known;
		}
		return known != null && !known.isAlive();
	}

	private static @Nullable Thread find() {
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
