package io.streams.demo.cache.resp;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Digits}.
 */
class DigitsTests {

	@ParameterizedTest
	@ValueSource(strings = { "0", "1", "-1", "9", "10", "-10", "1234567890", "9223372036854775807",
			"-9223372036854775808", "9223372036854775800" })
	void readsNumbers(String text) {
		assertThat(Digits.parse(bytes(text))).hasValue(Long.parseLong(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", "+1", " 1", "1 ", "01", "-0", "-01", "1.5", "1e3", "0x1", "abc", "12a", "--1",
			"9223372036854775808", "-9223372036854775809", "99999999999999999999", "18446744073709551616",
			"92233720368547758070" })
	void refusesEverythingElse(String text) {
		assertThat(Digits.parse(bytes(text))).isEmpty();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
