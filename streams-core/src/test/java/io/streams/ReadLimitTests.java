package io.streams;

import io.streams.flow.WaterMarks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ReadLimitTests {

	@Test
	void theDefaultIsThatOfAsyncio() {
		assertThat(ReadLimit.DEFAULT.bytes()).isEqualTo(65536);
	}

	@Test
	void readingPausesAboveTwiceTheLimitAndResumesAtTheLimit() {
		assertThat(new ReadLimit(100).waterMarks()).isEqualTo(new WaterMarks(100, 200));
		assertThat(new ReadLimit(1).waterMarks()).isEqualTo(new WaterMarks(1, 2));
	}

	@Test
	void theDoubleOfTheLargestLimitIsCutToAnInt() {
		assertThat(new ReadLimit(ReadLimit.MAX_BYTES).waterMarks()).isEqualTo(new WaterMarks(1 << 30, 2147483647));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, Integer.MIN_VALUE })
	void aLimitOfNothingIsRefusedInTheWordsOfAsyncio(int bytes) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ReadLimit(bytes))
			.withMessageContaining("Limit cannot be <= 0")
			.withMessageContaining("but is " + bytes);
	}

	@Test
	void aLimitAboveOneGibibyteIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new ReadLimit(ReadLimit.MAX_BYTES + 1))
			.withMessageContaining("above 1 GiB");
	}

}
