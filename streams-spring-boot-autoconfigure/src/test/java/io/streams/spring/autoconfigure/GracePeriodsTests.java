package io.streams.spring.autoconfigure;

import java.time.Duration;
import java.util.Map;

import io.streams.spring.autoconfigure.StreamsProperties.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracePeriods}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracePeriodsTests {

	@ParameterizedTest
	@CsvSource({ "30s,25s", "60s,55s", "10s,5s", "8s,4s", "1s,500ms", "0s,0s" })
	void defaultEndsBeforeTheShutdownPhase(String phaseTimeout, String expected, CapturedOutput output) {
		GracePeriods gracePeriods = new GracePeriods(null, duration(phaseTimeout));
		assertThat(gracePeriods.gracePeriodOf("streams.servers.echo", Server.UNSET)).isEqualTo(duration(expected));
		assertThat(output).doesNotContain("grace-period");
	}

	@Test
	void commonGracePeriodIsOverriddenByTheServersOwn() {
		GracePeriods gracePeriods = new GracePeriods(Duration.ofSeconds(3), Duration.ofSeconds(30));
		assertThat(gracePeriods.gracePeriodOf("streams.servers.echo", Server.UNSET)).isEqualTo(Duration.ofSeconds(3));
		assertThat(gracePeriods.gracePeriodOf("streams.servers.echo", withGracePeriod("0"))).isEqualTo(Duration.ZERO);
	}

	@Test
	void longerThanTheShutdownPhaseIsCutAndTold(CapturedOutput output) {
		GracePeriods gracePeriods = new GracePeriods(Duration.ofSeconds(40), Duration.ofSeconds(30));
		assertThat(gracePeriods.gracePeriodOf("streams.servers.echo", Server.UNSET)).isEqualTo(Duration.ofSeconds(25));
		assertThat(output).contains("streams.shutdown.grace-period is 40000 ms, but handlers will get 25000 ms: set "
				+ "spring.lifecycle.timeout-per-shutdown-phase, which is 30000 ms, to 45000 ms or more");
	}

	@Test
	void commonGracePeriodOfManyServersIsToldOnce(CapturedOutput output) {
		GracePeriods gracePeriods = new GracePeriods(Duration.ofSeconds(40), Duration.ofSeconds(30));
		gracePeriods.gracePeriodOf("streams.servers.echo", Server.UNSET);
		gracePeriods.gracePeriodOf("streams.servers.gps", Server.UNSET);
		assertThat(output).containsOnlyOnce("streams.shutdown.grace-period is 40000 ms");
	}

	private static Server withGracePeriod(String gracePeriod) {
		return new Binder(new MapConfigurationPropertySource(Map.of("streams.servers.echo.grace-period", gracePeriod)))
			.bind("streams", StreamsProperties.class)
			.get()
			.servers()
			.get("echo");
	}

	private static Duration duration(String text) {
		return DurationStyle.detectAndParse(text);
	}

}
