package io.streams.spring.autoconfigure;

import io.streams.spring.server.MissingStreamServerAddressException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure that is caused by a {@link MissingStreamServerAddressException}.
 */
class MissingStreamServerAddressFailureAnalyzer extends AbstractFailureAnalyzer<MissingStreamServerAddressException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingStreamServerAddressException cause) {
		String description = String.format("Stream server '%s' has no address: neither its @StreamHandler nor the "
				+ "properties give a port or a path.", cause.getServer());
		String action = String.format("Set streams.servers.%1$s.port, to 0 for any free port, or "
				+ "streams.servers.%1$s.path for a Unix-domain socket; or write "
				+ "@StreamHandler(server = \"%1$s\", port = \"9000\").", cause.getServer());
		return new FailureAnalysis(description, action, cause);
	}

}
