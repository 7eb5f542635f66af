package io.streams.benchmarks.contestant;

import java.util.List;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.streams.FlightRecorderListener;
import io.streams.StreamListener;
import io.streams.spring.actuate.StreamsHistory;
import io.streams.spring.metrics.StreamsMetrics;

/**
 * What listens in an application that has the starter and its actuator.
 */
public final class StarterListeners {

	private StarterListeners() {
	}

	/**
	 * Meters, the endpoint's history and the Flight Recorder's events.
	 * @param server the server's name
	 * @return all of them as one
	 */
	public static StreamListener create(String server) {
		StreamsMetrics metrics = new StreamsMetrics(new SimpleMeterRegistry(), (name) -> null, List::of);
		return StreamListener.all(List.of(metrics.createListener(server), new StreamsHistory().createListener(server),
				new FlightRecorderListener()));
	}

}
