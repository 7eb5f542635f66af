package io.streams.flow;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PauseGateTests {

	private final PauseGate gate = new PauseGate(new WaterMarks(10, 40));

	@Test
	void pausesAboveTheHighMarkOnly() {
		assertThat(this.gate.pauseAbove(0, 1)).isFalse();
		assertThat(this.gate.pauseAbove(40, 1)).isFalse();
		assertThat(this.gate.isPaused()).isFalse();
		assertThat(this.gate.pauseAbove(41, 1)).isTrue();
		assertThat(this.gate.isPaused()).isTrue();
	}

	@Test
	void resumesAtTheLowMark() {
		this.gate.pauseAbove(41, 1);
		assertThat(this.gate.resumeAtOrBelow(11, 2)).isFalse();
		assertThat(this.gate.isPaused()).isTrue();
		assertThat(this.gate.resumeAtOrBelow(10, 2)).isTrue();
		assertThat(this.gate.isPaused()).isFalse();
	}

	@Test
	void tellsEachMoveOnce() {
		assertThat(this.gate.resumeAtOrBelow(0, 1)).isFalse();
		assertThat(this.gate.resume(1)).isFalse();
		assertThat(this.gate.pauseAbove(100, 1)).isTrue();
		assertThat(this.gate.pauseAbove(200, 2)).isFalse();
		assertThat(this.gate.resume(3)).isTrue();
		assertThat(this.gate.resumeAtOrBelow(0, 4)).isFalse();
	}

	@Test
	void anythingAboveAMarkOfZeroPauses() {
		PauseGate zero = new PauseGate(WaterMarks.high(0));
		assertThat(zero.pauseAbove(0, 1)).isFalse();
		assertThat(zero.pauseAbove(1, 1)).isTrue();
		assertThat(zero.resumeAtOrBelow(1, 1)).isFalse();
		assertThat(zero.resumeAtOrBelow(0, 1)).isTrue();
	}

	@Test
	void newMarksDoNotMoveTheGateButCountFromThenOn() {
		this.gate.pauseAbove(50, 1);
		this.gate.setMarks(new WaterMarks(60, 90));
		assertThat(this.gate.isPaused()).isTrue();
		assertThat(this.gate.marks()).isEqualTo(new WaterMarks(60, 90));
		assertThat(this.gate.resumeAtOrBelow(50, 2)).isTrue();
		this.gate.setMarks(new WaterMarks(1, 2));
		assertThat(this.gate.pauseAbove(50, 3)).isTrue();
	}

	@Test
	void measuresEveryPauseThePresentOneIncluded() {
		assertThat(this.gate.times(5)).isEqualTo(PauseTimes.NONE);
		this.gate.pauseAbove(41, 100);
		assertThat(this.gate.times(130)).isEqualTo(new PauseTimes(true, 30, 30, 30, 1));
		this.gate.resume(150);
		assertThat(this.gate.times(999)).isEqualTo(new PauseTimes(false, 0, 50, 50, 1));
		this.gate.pauseAbove(41, 1000);
		assertThat(this.gate.times(1020)).isEqualTo(new PauseTimes(true, 20, 70, 50, 2));
		assertThat(this.gate.times(1090)).isEqualTo(new PauseTimes(true, 90, 140, 90, 2));
	}

	@Test
	void aClockThatOverflowsDoesNotMatter() {
		this.gate.pauseAbove(41, Long.MAX_VALUE - 5);
		assertThat(this.gate.times(Long.MIN_VALUE + 4).currentNanos()).isEqualTo(10);
		this.gate.resume(Long.MIN_VALUE + 4);
		assertThat(this.gate.times(0)).isEqualTo(new PauseTimes(false, 0, 10, 10, 1));
	}

	@Test
	void movesAlternateWhateverTheSizes() {
		Random random = new Random(7);
		boolean paused = false;
		for (int i = 0; i < 10_000; i++) {
			long size = random.nextInt(60);
			if (this.gate.pauseAbove(size, i)) {
				assertThat(paused).isFalse();
				assertThat(size).isGreaterThan(40);
				paused = true;
			}
			if (this.gate.resumeAtOrBelow(size, i)) {
				assertThat(paused).isTrue();
				assertThat(size).isLessThanOrEqualTo(10);
				paused = false;
			}
			assertThat(this.gate.isPaused()).isEqualTo(paused);
		}
	}

}
