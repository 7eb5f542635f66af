package io.streams.spring.autoconfigure;

import io.streams.spring.server.MissingStreamHandlerException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure that is caused by a {@link MissingStreamHandlerException}.
 */
class MissingStreamHandlerFailureAnalyzer extends AbstractFailureAnalyzer<MissingStreamHandlerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingStreamHandlerException cause) {
		String server = cause.getServer();
		String description = String.format("Stream server '%1$s' is configured by streams.servers.%1$s.*, but nothing "
				+ "handles its connections. Servers with a handler: %2$s.", server, handled(cause));
		String action = String.format("Annotate a method of a bean: @StreamHandler(server = \"%1$s\") void "
				+ "onConnect(StreamReader reader, StreamWriter writer). Or correct the name, remove the properties, or "
				+ "set streams.servers.%1$s.enabled to false.", server);
		return new FailureAnalysis(description, action, cause);
	}

	private static String handled(MissingStreamHandlerException cause) {
		return cause.getHandled().isEmpty() ? "none" : String.join(", ", cause.getHandled());
	}

}
