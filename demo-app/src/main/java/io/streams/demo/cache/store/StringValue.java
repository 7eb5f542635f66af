package io.streams.demo.cache.store;

/**
 * A string of bytes. Immutable, so that a reply may still refer to it when the key has
 * another value.
 */
public final class StringValue implements Value {

	private final byte[] bytes;

	/**
	 * Create a value.
	 * @param bytes the bytes, which are not copied: nobody changes them
	 */
	public StringValue(byte[] bytes) {
		this.bytes = bytes;
	}

	public byte[] bytes() {
		return this.bytes;
	}

	@Override
	public String type() {
		return "string";
	}

	@Override
	public long weight() {
		return this.bytes.length;
	}

	@Override
	public boolean isEmpty() {
		return false;
	}

}
