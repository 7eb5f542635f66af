package io.streams;

import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicReference;

import io.streams.buffer.SegmentPool;

import org.jetbrains.lincheck.Lincheck;

/**
 * Runs a scenario of a few threads under many interleavings, which Lincheck chooses one
 * after the other: the same ones in each run. A failure shows the switches of threads
 * that lead to it.
 * <p>
 * AssertJ cannot be used inside of a scenario, because Lincheck compares the objects that
 * it meets with {@code equals}; use {@link #require}.
 */
public final class ModelCheck {

	private ModelCheck() {
	}

	/**
	 * Runs a scenario.
	 * @param name its name, which is printed
	 * @param invocations how many interleavings to try at the most, unless
	 * {@code -Dstreams.interleavings=} says otherwise
	 * @param scenario starts its threads by {@link #start} and joins them
	 */
	public static void explore(String name, int invocations, Runnable scenario) {
		forgetPooledSegments();
		long began = System.nanoTime();
		int tried = Integer.getInteger("streams.interleavings", invocations);
		Lincheck.runConcurrentTest(tried, scenario);
		System.out.printf("Lincheck: %s, up to %d interleavings, the same in each run, %d ms%n", name, tried,
				(System.nanoTime() - began) / 1_000_000);
	}

	/**
	 * Empties the segment pools: Lincheck would copy what other tests left in them, and
	 * put it back, for each interleaving.
	 */
	private static void forgetPooledSegments() {
		try {
			for (Object pool : (Object[]) field(SegmentPool.class, "POOLS").get(null)) {
				for (String stack : new String[] { "large", "small" }) {
					Object top = field(SegmentPool.class, stack).get(pool);
					((AtomicReference<?>) field(top.getClass(), "top").get(top)).set(null);
				}
			}
		}
		catch (ReflectiveOperationException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Field field(Class<?> type, String name) throws NoSuchFieldException {
		Field field = type.getDeclaredField(name);
		field.setAccessible(true);
		return field;
	}

	/**
	 * Starts a thread that Lincheck controls.
	 */
	public static Thread start(Runnable task) {
		Thread thread = new Thread(task);
		thread.start();
		return thread;
	}

	public static void join(Thread... threads) {
		try {
			for (Thread thread : threads) {
				thread.join();
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	public static void require(boolean condition, String message) {
		if (!condition) {
			throw new AssertionError(message);
		}
	}

	public static void requireEqual(long actual, long expected, String what) {
		if (actual != expected) {
			throw new AssertionError(what + " should be " + expected + " but is " + actual);
		}
	}

}
