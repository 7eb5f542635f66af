package io.streams.spring.autoconfigure;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;

import io.streams.spring.server.StreamServerStartException;
import io.streams.transport.BindFailedException;
import io.streams.transport.BindFailedException.Reason;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a failure that is caused by a {@link StreamServerStartException}.
 */
class StreamServerStartFailureAnalyzer extends AbstractFailureAnalyzer<StreamServerStartException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, StreamServerStartException cause) {
		if (!(cause.getCause() instanceof BindFailedException failure)) {
			return null;
		}
		String action = actionFor(cause, failure);
		return (action != null) ? new FailureAnalysis(describe(cause), action, cause) : null;
	}

	private static String describe(StreamServerStartException cause) {
		String other = cause.getOtherServer();
		return cause.getMessage()
				+ ((other != null) ? String.format(". Stream server '%s' listens there.", other) : ".");
	}

	private static @Nullable String actionFor(StreamServerStartException cause, BindFailedException failure) {
		String server = cause.getServer();
		return switch (failure.address()) {
			case InetSocketAddress tcp when cause.getOtherServer() != null ->
				anotherFor("port", server, cause.getOtherServer());
			case UnixDomainSocketAddress unix when cause.getOtherServer() != null ->
				anotherFor("path", server, cause.getOtherServer());
			case InetSocketAddress tcp -> actionForTcp(server, tcp, failure.reason());
			case UnixDomainSocketAddress unix -> String.format(
					"See that no other process serves %1$s, and that this one may create files in its "
							+ "directory, or have the server listen elsewhere: set streams.servers.%2$s.path.",
					unix.getPath(), server);
			case null, default -> null;
		};
	}

	private static String anotherFor(String property, String server, String other) {
		return String.format(
				"Give each server a %1$s of its own: set streams.servers.%2$s.%1$s or " + "streams.servers.%3$s.%1$s.",
				property, server, other);
	}

	private static String actionForTcp(String server, InetSocketAddress address, Reason reason) {
		return switch (reason) {
			case ADDRESS_IN_USE ->
				String.format("Stop the process that listens on port %1$d, or have the server listen "
						+ "elsewhere: set streams.servers.%2$s.port, to 0 for any free port, or streams.servers.%2$s.host.",
						address.getPort(), server);
			case ADDRESS_NOT_AVAILABLE, UNKNOWN_HOST -> String.format(
					"Set streams.servers.%1$s.host to a host name or an address of this machine, instead of %2$s, or "
							+ "leave it out to listen on all interfaces.",
					server, address.getHostString());
			case PERMISSION_DENIED -> String.format("Set streams.servers.%1$s.port to a port from 1024 on, instead of "
					+ "%2$d, or give the process the privilege to bind lower ports (CAP_NET_BIND_SERVICE on Linux).",
					server, address.getPort());
			default -> String.format("Have the server listen elsewhere: set streams.servers.%1$s.host or "
					+ "streams.servers.%1$s.port.", server);
		};
	}

}
