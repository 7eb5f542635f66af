package io.streams.spring.actuate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.streams.StreamListener;
import io.streams.spring.server.StreamServerListenerFactory;

/**
 * Remembers for the {@link StreamsEndpoint} what happened on each server. A server that
 * is stopped and started again goes on with its history.
 */
public final class StreamsHistory implements StreamServerListenerFactory {

	private final Map<String, ServerHistory> histories = new ConcurrentHashMap<>();

	@Override
	public StreamListener createListener(String server) {
		return of(server);
	}

	ServerHistory of(String server) {
		return this.histories.computeIfAbsent(server, (name) -> new ServerHistory());
	}

}
