package io.streams.spring.autoconfigure;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import io.streams.spring.server.StreamServerStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure that is caused by a {@link StreamServerStartException}.
 */
class StreamServerStartFailureAnalyzer extends AbstractFailureAnalyzer<StreamServerStartException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, StreamServerStartException cause) {
		String action = actionFor(cause.getServer(), cause.getAddress());
		return (action != null) ? new FailureAnalysis(cause.getMessage() + ".", action, cause) : null;
	}

	private static @Nullable String actionFor(String server, @Nullable SocketAddress address) {
		if (address instanceof InetSocketAddress tcp) {
			return String
				.format("Stop the process that listens on port %1$d if there is one, or have the server listen "
						+ "elsewhere: set streams.servers.%2$s.port, to 0 for any free port, or streams.servers.%2$s.host. "
						+ "Ports below 1024 may need a privilege.", tcp.getPort(), server);
		}
		if (address instanceof UnixDomainSocketAddress unix) {
			return String.format(
					"See that no other process serves %1$s, and that this one may create files in its "
							+ "directory, or have the server listen elsewhere: set streams.servers.%2$s.path.",
					unix.getPath(), server);
		}
		return null;
	}

}
