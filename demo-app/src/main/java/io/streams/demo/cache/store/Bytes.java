package io.streams.demo.cache.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes as a key: equal if their content is. Comparable, so that a hash table full of
 * chosen collisions degrades to a tree and not to a list. The array is not copied: nobody
 * changes it.
 */
public final class Bytes implements Comparable<Bytes> {

	private final byte[] array;

	private Bytes(byte[] array) {
		this.array = array;
	}

	public static Bytes of(byte[] array) {
		return new Bytes(array);
	}

	public static Bytes of(String ascii) {
		return new Bytes(ascii.getBytes(StandardCharsets.ISO_8859_1));
	}

	public byte[] array() {
		return this.array;
	}

	public int length() {
		return this.array.length;
	}

	@Override
	public int compareTo(Bytes other) {
		return Arrays.compareUnsigned(this.array, other.array);
	}

	@Override
	public boolean equals(Object object) {
		return object instanceof Bytes other && Arrays.equals(this.array, other.array);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.array);
	}

	@Override
	public String toString() {
		return new String(this.array, StandardCharsets.ISO_8859_1);
	}

}
