package io.streams.epoll;

import java.lang.foreign.MemorySegment;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("epoll")
class ErrorNumbersTests {

	@Test
	void eachDescriptorHasItsOwnPlace() {
		ErrorNumbers.makeRoomFor(5_000);
		ErrorNumbers.of(0).set(JAVA_INT, 0, 1);
		ErrorNumbers.of(4_999).set(JAVA_INT, 0, 2);
		ErrorNumbers.of(5_000).set(JAVA_INT, 0, 3);
		assertThat(ErrorNumbers.of(0).get(JAVA_INT, 0)).isEqualTo(1);
		assertThat(ErrorNumbers.of(4_999).get(JAVA_INT, 0)).isEqualTo(2);
		assertThat(ErrorNumbers.of(5_000).get(JAVA_INT, 0)).isEqualTo(3);
	}

	@Test
	void aPlaceStaysGoodWhenThereIsRoomForMore() {
		ErrorNumbers.makeRoomFor(10);
		MemorySegment before = ErrorNumbers.of(10);
		ErrorNumbers.makeRoomFor(100_000);
		before.set(JAVA_INT, 0, 7);
		assertThat(before.get(JAVA_INT, 0)).isEqualTo(7);
		assertThat(ErrorNumbers.of(100_000).byteSize()).isGreaterThanOrEqualTo(Integer.BYTES);
	}

}
