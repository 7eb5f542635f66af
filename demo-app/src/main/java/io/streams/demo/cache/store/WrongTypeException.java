package io.streams.demo.cache.store;

/**
 * A key holds another type of value than the one that is asked for.
 */
public final class WrongTypeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	WrongTypeException(Value found, Class<? extends Value> wanted) {
		super("the key holds a " + found.type() + ", not a " + wanted.getSimpleName(), null, false, false);
	}

}
