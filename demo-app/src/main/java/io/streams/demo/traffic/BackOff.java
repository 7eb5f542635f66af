package io.streams.demo.traffic;

import java.time.Duration;

/**
 * How long to wait before the next attempt: twice as long each time, up to a bound.
 */
final class BackOff {

	static final Duration FIRST = Duration.ofMillis(250);

	static final Duration LONGEST = Duration.ofSeconds(8);

	private Duration next = FIRST;

	Duration next() {
		Duration now = this.next;
		Duration doubled = now.multipliedBy(2);
		this.next = (doubled.compareTo(LONGEST) < 0) ? doubled : LONGEST;
		return now;
	}

	void reset() {
		this.next = FIRST;
	}

}
