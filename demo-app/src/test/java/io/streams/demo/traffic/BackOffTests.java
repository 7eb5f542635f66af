package io.streams.demo.traffic;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BackOff}.
 */
class BackOffTests {

	@Test
	void doublesUpToItsBound() {
		BackOff backOff = new BackOff();
		assertThat(backOff.next()).isEqualTo(BackOff.FIRST);
		assertThat(backOff.next()).isEqualTo(BackOff.FIRST.multipliedBy(2));
		assertThat(backOff.next()).isEqualTo(BackOff.FIRST.multipliedBy(4));
		for (int i = 0; i < 100; i++) {
			assertThat(backOff.next()).isLessThanOrEqualTo(BackOff.LONGEST);
		}
		assertThat(backOff.next()).isEqualTo(BackOff.LONGEST);
	}

	@Test
	void beginsAnew() {
		BackOff backOff = new BackOff();
		backOff.next();
		backOff.next();
		backOff.reset();
		assertThat(backOff.next()).isEqualTo(BackOff.FIRST);
	}

}
