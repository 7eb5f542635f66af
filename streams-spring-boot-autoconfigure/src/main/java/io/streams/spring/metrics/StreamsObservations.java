package io.streams.spring.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.streams.ConnectionHandler;
import io.streams.HandlerOutcome;
import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.server.StreamServerHandlerDecorator;
import org.jspecify.annotations.Nullable;

/**
 * Observes connections, so that what a handler does belongs to its connection's trace. A
 * handler that returns a {@code CompletionStage} is observed to the stage's end.
 */
public final class StreamsObservations implements StreamServerHandlerDecorator, StreamListener {

	private final Map<StreamConnection, Observation> running = new ConcurrentHashMap<>();

	private final ObservationRegistry registry;

	/**
	 * Create observations.
	 * @param registry gets them
	 */
	public StreamsObservations(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public ConnectionHandler decorate(String server, ConnectionHandler handler) {
		return (reader, writer) -> observe(server, handler, reader, writer);
	}

	@SuppressWarnings("try") // The scope is not used, only there
	private void observe(String server, ConnectionHandler handler, StreamReader reader, StreamWriter writer)
			throws Exception {
		Observation observation = StreamsObservation.CONNECTION.start(this.registry, server);
		this.running.put(writer.connection(), observation);
		try (Observation.Scope scope = observation.openScope()) {
			handler.handle(reader, writer);
		}
	}

	@Override
	public void handlerFinished(StreamConnection connection, HandlerOutcome outcome, Duration time,
			@Nullable Throwable failure) {
		Observation observation = this.running.remove(connection);
		if (observation == null) {
			return;
		}
		if (outcome == HandlerOutcome.FAILED && failure != null) {
			observation.error(failure);
		}
		StreamsObservation.CONNECTION.stop(observation, outcome);
	}

}
