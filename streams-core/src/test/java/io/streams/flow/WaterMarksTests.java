package io.streams.flow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WaterMarksTests {

	@Test
	void theDefaultsAreThoseOfAsyncio() {
		assertThat(WaterMarks.DEFAULT).isEqualTo(new WaterMarks(16 * 1024, 64 * 1024));
	}

	@Test
	void theLowMarkIsAQuarterOfTheHighOne() {
		assertThat(WaterMarks.high(1000)).isEqualTo(new WaterMarks(250, 1000));
		assertThat(WaterMarks.high(3)).isEqualTo(new WaterMarks(0, 3));
		assertThat(WaterMarks.high(0)).isEqualTo(new WaterMarks(0, 0));
	}

	@Test
	void theHighMarkIsFourTimesTheLowOne() {
		assertThat(WaterMarks.low(250)).isEqualTo(new WaterMarks(250, 1000));
		assertThat(WaterMarks.low(0)).isEqualTo(new WaterMarks(0, 0));
		assertThat(WaterMarks.low(Integer.MAX_VALUE / 4).high()).isEqualTo(2147483644);
	}

	@ParameterizedTest
	@CsvSource({ "-1, 0", "-1, -1", "1, 0", "11, 10", "0, -1" })
	void marksThatAreOutOfOrderAreRefused(int low, int high) {
		assertThatIllegalArgumentException().isThrownBy(() -> new WaterMarks(low, high))
			.withMessageContaining("low is " + low + " and high is " + high)
			.withMessageContaining("0 <= low <= high");
	}

	@Test
	void aNegativeMarkIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> WaterMarks.high(-4));
		assertThatIllegalArgumentException().isThrownBy(() -> WaterMarks.low(-1));
	}

	@Test
	void aLowMarkWhoseHighMarkDoesNotFitIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> WaterMarks.low(Integer.MAX_VALUE / 4 + 1))
			.withMessageContaining("give both marks");
	}

}
