package io.streams.spring.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.docs.ObservationDocumentation;
import io.streams.HandlerOutcome;

/**
 * Every observation of stream servers: what documents it also makes it. It knows its
 * server and how it ended, never a peer's address or words.
 */
public enum StreamsObservation implements ObservationDocumentation {

	/** A connection, from the begin of its handler to the handler's end. */
	CONNECTION("streams.connection", "streams connection");

	private final String name;

	private final String contextualName;

	StreamsObservation(String name, String contextualName) {
		this.name = name;
		this.contextualName = contextualName;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String getContextualName() {
		return this.contextualName;
	}

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		return new KeyName[] { StreamsMeters.Tag.SERVER, StreamsMeters.Tag.OUTCOME };
	}

	Observation start(ObservationRegistry registry, String server) {
		return Observation.createNotStarted(this.name, registry)
			.contextualName(this.contextualName)
			.lowCardinalityKeyValue(StreamsMeters.Tag.SERVER.withValue(server))
			.start();
	}

	void stop(Observation observation, HandlerOutcome outcome) {
		observation.lowCardinalityKeyValue(StreamsMeters.Tag.OUTCOME.withValue(outcome.text())).stop();
	}

}
