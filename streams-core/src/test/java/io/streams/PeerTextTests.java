package io.streams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PeerText}.
 */
class PeerTextTests {

	@ParameterizedTest
	@CsvSource(ignoreLeadingAndTrailingWhitespace = false, textBlock = """
			plain words,plain words
			übermäßig 漢字,übermäßig 漢字
			<b>&"quoted",<b>&"quoted"
			""", quoteCharacter = '\'')
	void whatCanBeSeenStays(String text, String expected) {
		assertThat(PeerText.printable(text)).isEqualTo(expected);
	}

	@Test
	void whatCannotBeSeenIsEscaped() {
		assertThat(PeerText.printable("a\r\nERROR b\t\0\u001b[2J\u007f\u0085\u202e\u2028"))
			.isEqualTo("a\\r\\nERROR b\\t\\x00\\x1b[2J\\x7f\\x85\\u202e\\u2028");
	}

	@Test
	void pairsOfCharactersStay() {
		assertThat(PeerText.printable("😀")).isEqualTo("😀");
	}

	@Test
	void whatIsLongIsCut() {
		assertThat(PeerText.printable("x".repeat(1_000_000)))
			.isEqualTo("x".repeat(PeerText.MAX_LENGTH) + "… (1000000 characters)");
	}

	@Test
	void anythingHasText() {
		assertThat(PeerText.printable(null)).isEqualTo("null");
		assertThat(PeerText.printable(new IllegalStateException("two\nlines")))
			.isEqualTo("java.lang.IllegalStateException: two\\nlines");
	}

}
