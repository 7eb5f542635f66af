package io.streams.demo.cache.store;

/**
 * A string of bytes. Immutable, so that a reply may still refer to it when the key has
 * another value.
 *
 * @param bytes the bytes, which nobody changes
 */
public record StringValue(byte[] bytes) implements Value {

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
