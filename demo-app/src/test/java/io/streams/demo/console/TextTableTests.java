package io.streams.demo.console;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TextTable}.
 */
class TextTableTests {

	@Test
	void columnsAreAsWideAsTheirWidestCell() {
		String text = new TextTable().row("A", "LONG HEAD", "").row("longer", "b", "c").render();
		assertThat(text).isEqualTo("A       LONG HEAD\nlonger  b          c\n");
	}

	@Test
	void noRowsAreNoText() {
		assertThat(new TextTable().render()).isEmpty();
	}

}
