package io.streams.demo;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link ExternalTool}.
 */
class ExternalToolTests {

	@Test
	void absentToolEndsTheTestAndSaysWhy() {
		assertThatThrownBy(() -> ExternalTool.find("no-such-tool"))
			.isInstanceOfAny(TestAbortedException.class, AssertionFailedError.class)
			.hasMessageContaining("no-such-tool is not installed");
	}

	@Test
	void givesInputAndTakesOutput() {
		assertThat(ExternalTool.find("cat").run("hello\n", Duration.ofSeconds(10)).successful()).isEqualTo("hello\n");
	}

	@Test
	void slowToolIsStopped() {
		assertThatThrownBy(() -> ExternalTool.find("sleep").run("", Duration.ofMillis(50), 60))
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("has not ended");
	}

}
