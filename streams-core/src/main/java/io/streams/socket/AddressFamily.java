package io.streams.socket;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;

/**
 * What kind of socket an address is for.
 */
public final class AddressFamily {

	private AddressFamily() {
	}

	/**
	 * Returns the family of a socket for an address.
	 * @param address the address
	 * @return IPv4, IPv6 or Unix
	 * @throws IllegalArgumentException if no socket has such an address
	 */
	public static StandardProtocolFamily of(SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress) {
			return StandardProtocolFamily.UNIX;
		}
		if (!(address instanceof InetSocketAddress inet)) {
			throw new IllegalArgumentException("not the address of a socket, but a " + address.getClass().getName()
					+ ": give the options the transports that know it");
		}
		return (inet.getAddress() instanceof Inet4Address) ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
	}

}
