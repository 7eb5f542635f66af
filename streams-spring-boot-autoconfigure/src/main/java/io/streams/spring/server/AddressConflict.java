package io.streams.spring.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

import io.streams.transport.BindFailedException;
import io.streams.transport.BindFailedException.Reason;

/**
 * Finds the server of the same application that has the address of a server which could
 * not be started.
 */
final class AddressConflict {

	private AddressConflict() {
	}

	/**
	 * Adds the name of the other server to a failure.
	 * @param failure why a server could not be started
	 * @param bound the servers that were bound before, still open
	 * @return the failure with the name, or the failure itself if it has another reason
	 */
	static StreamServerStartException explain(StreamServerStartException failure, List<RunningServer> bound) {
		if (!(failure.getCause() instanceof BindFailedException cause) || cause.reason() != Reason.ADDRESS_IN_USE) {
			return failure;
		}
		return bound.stream()
			.filter((other) -> listensOn(other, cause.address()))
			.findFirst()
			.map((other) -> new StreamServerStartException(failure.getServer(), other.name(), cause))
			.orElse(failure);
	}

	private static boolean listensOn(RunningServer server, SocketAddress address) {
		return server.server().addresses().stream().anyMatch((taken) -> overlap(taken, address));
	}

	private static boolean overlap(SocketAddress taken, SocketAddress wanted) {
		if (taken instanceof InetSocketAddress one && wanted instanceof InetSocketAddress other) {
			boolean anyInterface = one.getAddress().isAnyLocalAddress() || other.getAddress().isAnyLocalAddress();
			return one.getPort() == other.getPort() && (anyInterface || one.getAddress().equals(other.getAddress()));
		}
		return taken.equals(wanted);
	}

}
