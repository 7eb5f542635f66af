package io.streams.flow;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Copies a kept error, so that each caller gets an exception of its own. An exception
 * that is thrown twice has the stack of neither caller, and cannot be added to itself,
 * which {@code try}-with-resources would do.
 * <p>
 * A copy has the type and the message of the original, the stack of the calling thread,
 * and the original as its cause. For this, the type needs a public constructor of a
 * message and a cause, of a message, or without parameters, or it is {@link Copyable}.
 * Otherwise the copy has the nearest supertype that can be copied, at the latest
 * {@link IOException}.
 *
 * @since 0.1
 */
public final class FreshFailure {

	private static final Class<?>[] MESSAGE_AND_CAUSE = { String.class, Throwable.class };

	private static final Class<?>[] MESSAGE = { String.class };

	private static final Class<?>[] NOTHING = {};

	private FreshFailure() {
	}

	/**
	 * Copies an error.
	 * @param original the kept error
	 * @return an exception for one caller, whose cause is the original
	 */
	public static IOException of(IOException original) {
		String message = original.getMessage();
		IOException copied = copied(original);
		for (Class<?> type = original.getClass(); type != IOException.class; type = type.getSuperclass()) {
			IOException copy = (copied != null && copied.getClass() == type) ? copied : null;
			copy = (copy != null) ? copy : construct(type, original, MESSAGE_AND_CAUSE, message, original);
			copy = (copy != null) ? copy : construct(type, original, MESSAGE, message);
			copy = (copy != null) ? copy : construct(type, original, NOTHING);
			if (copy != null) {
				return copy;
			}
		}
		return new IOException(message, original);
	}

	/** The copy that the error itself makes, if it can. */
	private static @Nullable IOException copied(IOException original) {
		try {
			return (original instanceof Copyable copyable) ? usable(copyable.copy(), original) : null;
		}
		catch (RuntimeException ex) {
			// A foreign type failed; the caller still gets the kept error.
			return null;
		}
	}

	private static @Nullable IOException construct(Class<?> type, IOException original, Class<?>[] parameters,
			@Nullable Object... arguments) {
		try {
			Constructor<?> constructor = type.getConstructor(parameters);
			boolean accessible = constructor.canAccess(null) || constructor.trySetAccessible();
			return (accessible && constructor.newInstance(arguments) instanceof IOException copy)
					? usable(copy, original) : null;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			// The type does not have this constructor, or the constructor refuses.
			return null;
		}
	}

	/**
	 * Sets the cause of a copy. Returns {@code null} if the copy is unlike the original.
	 */
	private static @Nullable IOException usable(IOException copy, IOException original) {
		if (copy == original || !Objects.equals(copy.getMessage(), original.getMessage())) {
			return null;
		}
		if (copy.getCause() == null) {
			copy.initCause(original);
		}
		return (copy.getCause() == original) ? copy : null;
	}

	/** An error with more state than a message and a cause. */
	public interface Copyable {

		/**
		 * Makes an exception with the message and the fields of this one.
		 * @return a new exception of the same type, whose cause is this one
		 */
		IOException copy();

	}

}
