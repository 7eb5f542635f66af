package io.streams.demo.cache.store;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Room}, and for the values that give theirs back.
 */
class RoomTests {

	private static final int MANY = 100_000;

	@Test
	void isMostlyUnusedOnceThreeQuartersAreGone() {
		Room room = new Room();
		room.grownTo(1000);
		room.grownTo(900);
		assertThat(room.isMostlyUnusedAt(250)).isFalse();
		assertThat(room.isMostlyUnusedAt(249)).isTrue();
		assertThat(room.isMostlyUnusedAt(248)).as("after a copy").isFalse();
	}

	@Test
	void littleIsNotWorthACopy() {
		Room room = new Room();
		room.grownTo(64);
		assertThat(room.isMostlyUnusedAt(1)).isFalse();
	}

	@Test
	void whatIsLeftStaysAsItWas() {
		List<byte[]> elements = IntStream.range(0, MANY).mapToObj((i) -> ("e" + i).getBytes()).toList();
		ListValue list = new ListValue();
		list.push(ListEnd.TAIL, elements);
		SetValue set = new SetValue();
		set.add(elements);
		HashValue hash = new HashValue();
		elements.forEach((element) -> hash.put(element, element));
		for (int i = 0; i < MANY - 3; i++) {
			assertThat(list.pop(ListEnd.HEAD)).isSameAs(elements.get(i));
		}
		set.remove(elements.subList(0, MANY - 3));
		hash.remove(elements.subList(0, MANY - 3));
		List<byte[]> left = elements.subList(MANY - 3, MANY);
		assertThat(list.range(0, -1)).containsExactlyElementsOf(left);
		assertThat(new ArrayList<>(set.members())).extracting(Bytes::array).containsExactlyElementsOf(left);
		assertThat(new ArrayList<>(hash.fields().values())).containsExactlyElementsOf(left);
		assertThat(list.weight()).isLessThan(200);
	}

}
