package io.streams.demo;

import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the start page, and what it links to.
 */
@Tag("slow")
@DemoTest
class StartPageTests {

	private static final Pattern LINK = Pattern.compile("href=\"(/[^\"]*)\"");

	@Autowired
	private Actuator actuator;

	@Test
	void everyLinkLeadsSomewhere() {
		List<String> links = LINK.matcher(page()).results().map((match) -> match.group(1)).distinct().toList();
		assertThat(links).contains("/actuator", "/actuator/health", "/actuator/streams", "/actuator/streamsui",
				"/actuator/streams/ticker", "/actuator/streams/echo", "/actuator/streams/cache",
				"/actuator/streams/console");
		assertThat(links).allSatisfy((link) -> assertThat(this.actuator.get(link).statusCode()).isEqualTo(200));
	}

	@Test
	void needsNothingFromElsewhere() {
		assertThat(page()).doesNotContain("http://", "https://", "src=");
	}

	private String page() {
		return this.actuator.get("/").body();
	}

}
