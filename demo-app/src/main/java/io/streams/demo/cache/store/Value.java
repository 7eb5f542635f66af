package io.streams.demo.cache.store;

/**
 * What a key holds. Guarded by the lock of the {@link Keyspace} that it is in.
 */
public sealed interface Value permits StringValue, ListValue, SetValue, HashValue {

	/** Bytes that an element costs beside its own: headers and references, about. */
	int ELEMENT_OVERHEAD = 32;

	/**
	 * The type's name, as {@code TYPE} answers it.
	 * @return a lower case word
	 */
	String type();

	/**
	 * What the value costs.
	 * @return bytes, about
	 */
	long weight();

	/**
	 * Whether nothing is left of the value: a key never holds an empty list, set or hash.
	 * @return {@code true} if the key goes
	 */
	boolean isEmpty();

}
