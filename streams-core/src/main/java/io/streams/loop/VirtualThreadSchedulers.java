package io.streams.loop;

import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that run where we say, for a JVM that was started with
 * {@code --add-opens java.base/java.lang=ALL-UNNAMED}. The JDK has the hook and does not
 * offer it: so it is looked for, and done without where it is not found.
 */
final class VirtualThreadSchedulers {

	private static final @Nullable Constructor<?> BUILDER = findBuilder();

	private VirtualThreadSchedulers() {
	}

	/** Whether this JVM lets us choose who runs a virtual thread. */
	static boolean areSupported() {
		return BUILDER != null;
	}

	/**
	 * A builder of virtual threads that run on an executor.
	 * @param scheduler runs each task of a thread on a platform thread, soon
	 * @throws IllegalStateException if the JVM does not let us
	 */
	static Thread.Builder.OfVirtual builder(Executor scheduler) {
		if (BUILDER == null) {
			throw new IllegalStateException("start the JVM with " + requiredOption());
		}
		try {
			return (Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("the JDK's builder of virtual threads took no scheduler", ex);
		}
	}

	/**
	 * Returns the option of the JVM that opens the hook to this module, on the module
	 * path or the class path.
	 */
	static String requiredOption() {
		Module module = VirtualThreadSchedulers.class.getModule();
		return "--add-opens java.base/java.lang=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
	}

	private static @Nullable Constructor<?> findBuilder() {
		try {
			Constructor<?> constructor = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
				.getDeclaredConstructor(Executor.class);
			constructor.setAccessible(true);
			constructor.newInstance((Executor) Runnable::run);
			return constructor;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

}
