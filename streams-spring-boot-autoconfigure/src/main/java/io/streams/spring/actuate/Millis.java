package io.streams.spring.actuate;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * Times to the millisecond: what is shown is read by people.
 */
final class Millis {

	private Millis() {
	}

	static Duration of(Duration duration) {
		return duration.truncatedTo(ChronoUnit.MILLIS);
	}

	static Duration ofNanos(long nanos) {
		return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos));
	}

}
