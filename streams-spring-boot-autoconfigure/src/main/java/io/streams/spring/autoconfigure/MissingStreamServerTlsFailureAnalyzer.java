package io.streams.spring.autoconfigure;

import io.streams.spring.server.MissingStreamServerTlsException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure that is caused by a {@link MissingStreamServerTlsException}.
 */
class MissingStreamServerTlsFailureAnalyzer extends AbstractFailureAnalyzer<MissingStreamServerTlsException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingStreamServerTlsException cause) {
		String action = String.format("Set streams.servers.%s.ssl.bundle to the name of an SSL bundle. If the handler "
				+ "begins TLS itself, with startTls, let it take no SSLSession: after startTls it has the session of "
				+ "StreamConnection.info().get(TransportInfo.TLS_SESSION).", cause.getServer());
		return new FailureAnalysis(cause.getMessage() + ".", action, cause);
	}

}
