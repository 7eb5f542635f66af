package io.streams.socket;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;

/**
 * One way to reach the system's sockets. Safe for use by any thread.
 */
public interface SocketSystem {

	/**
	 * Opens a poller for an event loop.
	 * @return the poller; it watches sockets of this system only
	 * @throws IOException if the system refuses
	 */
	Poller openPoller() throws IOException;

	/**
	 * Opens a socket to connect with, which never blocks.
	 * @param address an address of the kind to connect to
	 * @return the socket
	 * @throws IOException if the system refuses
	 * @throws IllegalArgumentException if the system has no such addresses
	 */
	StreamSocket open(SocketAddress address) throws IOException;

	/**
	 * Opens a socket to listen with, which never blocks.
	 * @param address an address of the kind to listen on; one of IPv6 serves IPv4 as well
	 * @return the socket
	 * @throws IOException if the system refuses
	 * @throws IllegalArgumentException if the system has no such addresses
	 */
	ListenSocket openListener(SocketAddress address) throws IOException;

	/**
	 * Returns the length of the longest path of a Unix socket. A socket with a longer
	 * path could be bound under another name, but the clients of this system could not
	 * name it.
	 * @return the length in bytes, without a terminating zero; Linux' own by default
	 */
	default int maxUnixPathBytes() {
		return 107;
	}

	/**
	 * Returns the family of the system's sockets for an address.
	 * @param address an IP address or the path of a Unix socket
	 * @return IPv4, IPv6 or Unix
	 * @throws IllegalArgumentException if it is an address of another kind
	 */
	static StandardProtocolFamily familyOf(SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress) {
			return StandardProtocolFamily.UNIX;
		}
		if (!(address instanceof InetSocketAddress inet)) {
			throw new IllegalArgumentException("not the address of a socket, but a " + address.getClass().getName()
					+ ": give the options the transports that know it");
		}
		return (inet.getAddress() instanceof Inet4Address) ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
	}

	/**
	 * Returns the time that all deadlines follow.
	 * @param nanoTime the present time of {@link System#nanoTime()}
	 * @return nanoseconds; by default the same
	 */
	default long timeAt(long nanoTime) {
		return nanoTime;
	}

}
