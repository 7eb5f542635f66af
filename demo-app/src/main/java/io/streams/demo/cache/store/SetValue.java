package io.streams.demo.cache.store;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A set, which keeps the order in which members came.
 */
public final class SetValue implements Value {

	private Set<Bytes> members = new LinkedHashSet<>();

	private final Room room = new Room();

	private long weight;

	/**
	 * Adds members.
	 * @param added the members
	 * @return how many were new
	 */
	public int add(Collection<byte[]> added) {
		int count = 0;
		for (byte[] member : added) {
			if (this.members.add(Bytes.of(member))) {
				this.weight += weightOf(member);
				count++;
			}
		}
		this.room.grownTo(this.members.size());
		return count;
	}

	/**
	 * Removes members.
	 * @param removed the members
	 * @return how many were there
	 */
	public int remove(Collection<byte[]> removed) {
		int count = 0;
		for (byte[] member : removed) {
			if (this.members.remove(Bytes.of(member))) {
				this.weight -= weightOf(member);
				count++;
			}
		}
		if (this.room.isMostlyUnusedAt(this.members.size())) {
			this.members = new LinkedHashSet<>(this.members);
		}
		return count;
	}

	public boolean contains(byte[] member) {
		return this.members.contains(Bytes.of(member));
	}

	/**
	 * The members.
	 * @return a view, good only under the keyspace's lock
	 */
	public Set<Bytes> members() {
		return Collections.unmodifiableSet(this.members);
	}

	@Override
	public String type() {
		return "set";
	}

	@Override
	public long weight() {
		return this.weight;
	}

	@Override
	public boolean isEmpty() {
		return this.members.isEmpty();
	}

	private static long weightOf(byte[] member) {
		return member.length + 2L * ELEMENT_OVERHEAD;
	}

}
