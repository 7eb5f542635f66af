package io.streams.demo.cache.store;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Fields with their values, which keep the order in which fields came.
 */
public final class HashValue implements Value {

	private Map<Bytes, byte[]> fields = new LinkedHashMap<>();

	private final Room room = new Room();

	private long weight;

	/**
	 * Sets a field.
	 * @param field the field
	 * @param value its value
	 * @return whether the field is new
	 */
	public boolean put(byte[] field, byte[] value) {
		byte[] former = this.fields.put(Bytes.of(field), value);
		this.weight += (former != null) ? value.length - former.length : weightOf(field, value);
		this.room.grownTo(this.fields.size());
		return former == null;
	}

	public byte @Nullable [] get(byte[] field) {
		return this.fields.get(Bytes.of(field));
	}

	/**
	 * Removes fields.
	 * @param removed the fields
	 * @return how many were there
	 */
	public int remove(Collection<byte[]> removed) {
		int count = 0;
		for (byte[] field : removed) {
			byte[] value = this.fields.remove(Bytes.of(field));
			if (value != null) {
				this.weight -= weightOf(field, value);
				count++;
			}
		}
		if (this.room.isMostlyUnusedAt(this.fields.size())) {
			this.fields = new LinkedHashMap<>(this.fields);
		}
		return count;
	}

	/**
	 * The fields with their values.
	 * @return a view, good only under the keyspace's lock
	 */
	public Map<Bytes, byte[]> fields() {
		return Collections.unmodifiableMap(this.fields);
	}

	@Override
	public String type() {
		return "hash";
	}

	@Override
	public long weight() {
		return this.weight;
	}

	@Override
	public boolean isEmpty() {
		return this.fields.isEmpty();
	}

	private static long weightOf(byte[] field, byte[] value) {
		return field.length + value.length + 3L * ELEMENT_OVERHEAD;
	}

}
