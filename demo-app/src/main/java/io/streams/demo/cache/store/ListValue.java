package io.streams.demo.cache.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A list, quick at both ends.
 */
public final class ListValue implements Value {

	private ArrayDeque<byte[]> elements = new ArrayDeque<>();

	private final Room room = new Room();

	private long weight;

	/**
	 * Adds elements one after the other.
	 * @param end where to
	 * @param added the elements; the last one ends up outermost
	 * @return the length of the list
	 */
	public int push(ListEnd end, List<byte[]> added) {
		for (byte[] element : added) {
			switch (end) {
				case HEAD -> this.elements.addFirst(element);
				case TAIL -> this.elements.addLast(element);
			}
			this.weight += weightOf(element);
		}
		this.room.grownTo(this.elements.size());
		return this.elements.size();
	}

	/**
	 * Takes an element.
	 * @param end where from
	 * @return the element, or {@code null} if there is none
	 */
	public byte @Nullable [] pop(ListEnd end) {
		byte[] element = switch (end) {
			case HEAD -> this.elements.pollFirst();
			case TAIL -> this.elements.pollLast();
		};
		this.weight -= (element != null) ? weightOf(element) : 0;
		if (this.room.isMostlyUnusedAt(this.elements.size())) {
			this.elements = new ArrayDeque<>(this.elements);
		}
		return element;
	}

	/**
	 * Lists some elements.
	 * @param start the index of the first one; negative counts from the end, -1 being the
	 * last element
	 * @param stop the index of the last one, likewise
	 * @return the elements, perhaps none
	 */
	public List<byte[]> range(long start, long stop) {
		long from = Math.max(0, fromHead(start));
		long to = Math.min(this.elements.size() - 1L, fromHead(stop));
		if (from > to) {
			return List.of();
		}
		return new ArrayList<>(this.elements.stream().skip(from).limit(to - from + 1).toList());
	}

	public int size() {
		return this.elements.size();
	}

	@Override
	public String type() {
		return "list";
	}

	@Override
	public long weight() {
		return this.weight;
	}

	@Override
	public boolean isEmpty() {
		return this.elements.isEmpty();
	}

	private long fromHead(long index) {
		return (index >= 0) ? index : this.elements.size() + index;
	}

	private static long weightOf(byte[] element) {
		return (long) element.length + ELEMENT_OVERHEAD;
	}

}
