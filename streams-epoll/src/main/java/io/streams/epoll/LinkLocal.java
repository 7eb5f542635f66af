package io.streams.epoll;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/**
 * Finds the zone of a link-local IPv6 address. The system refuses such an address without
 * a zone ("Invalid argument"). The JDK's channels look for the interface that has the
 * address, and so does this class.
 */
final class LinkLocal {

	private LinkLocal() {
	}

	/**
	 * Returns the scope id that the system needs to bind an address or to connect to it.
	 * @param address any IPv6 address
	 * @return its own scope id; for a link-local address without one, that of the local
	 * interface that has the address, or 0 if there is none
	 * @throws IOException if several interfaces have the address
	 */
	static int scope(Inet6Address address) throws IOException {
		if (address.getScopeId() != 0 || !address.isLinkLocalAddress()) {
			return address.getScopeId();
		}
		return choose(address, scopes(address));
	}

	/** Returns the only scope id; package-private for tests. */
	static int choose(Inet6Address address, List<Integer> scopes) throws IOException {
		if (scopes.size() > 1) {
			throw new SocketException("several interfaces have the link-local address " + address.getHostAddress()
					+ ": add the zone, as in fe80::1%eth0");
		}
		return scopes.isEmpty() ? 0 : scopes.getFirst();
	}

	private static List<Integer> scopes(Inet6Address address) {
		try {
			return NetworkInterface.networkInterfaces()
				.flatMap(NetworkInterface::inetAddresses)
				.filter(address::equals)
				.map((each) -> ((Inet6Address) each).getScopeId())
				.filter((scope) -> scope != 0)
				.distinct()
				.toList();
		}
		catch (SocketException ex) {
			// Without a list of interfaces the system decides.
			return List.of();
		}
	}

}
