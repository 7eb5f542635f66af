package io.streams.demo.cache.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/**
 * Tests for {@link Glob}.
 */
class GlobTests {

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', textBlock = """
			*, "", true
			*, anything, true
			**, anything, true
			"", "", true
			"", a, false
			a, a, true
			a, b, false
			a, ab, false
			?, a, true
			?, "", false
			h?llo, hello, true
			h*llo, heeeello, true
			h*llo, hllo, true
			h*l*o, hello world o, true
			h*x, hello, false
			h[ae]llo, hello, true
			h[ae]llo, hillo, false
			h[^e]llo, hallo, true
			h[^e]llo, hello, false
			h[a-b]llo, hbllo, true
			h[b-a]llo, hallo, true
			h[a-b]llo, hcllo, false
			[*]x, *x, true
			[\\]]x, ]x, true
			\\*x, *x, true
			\\*x, ax, false
			a\\, a\\, true
			[abc, a, true
			[abc, d, false
			[, [, false
			*[0-9], key9, true
			*[0-9], keys, false
			""")
	void matchesAsRedisDoes(String pattern, String text, boolean matches) {
		assertThat(new Glob(bytes(pattern)).matches(bytes(text))).isEqualTo(matches);
	}

	@Test
	void manyStarsTakeNoExponentialTime() {
		Glob glob = new Glob(bytes("a*".repeat(60) + "b"));
		boolean matches = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> glob.matches(bytes("a".repeat(5000))));
		assertThat(matches).isFalse();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
