package io.streams.spring.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import io.streams.PeerText;

/**
 * Addresses as logs and management show them. No name is looked up for it.
 */
public final class AddressText {

	/** Groups of an IPv6 address that are zero and may be left out once. */
	private static final String ZEROS = "(^|:)(0(:|$)){2,}";

	private AddressText() {
	}

	/**
	 * An address as text.
	 * @param address a TCP or Unix-domain address
	 * @return such as {@code 127.0.0.1:9000}, {@code [::1]:9000}, {@code *:9000} for all
	 * interfaces, or {@code unix:/run/console.sock}
	 */
	public static String of(SocketAddress address) {
		if (address instanceof InetSocketAddress tcp) {
			return hostOf(tcp) + ":" + tcp.getPort();
		}
		return (address instanceof UnixDomainSocketAddress unix) ? "unix:" + PeerText.printable(unix.getPath())
				: PeerText.printable(address);
	}

	private static String hostOf(InetSocketAddress tcp) {
		InetAddress address = tcp.getAddress();
		if (address == null) {
			return tcp.getHostString();
		}
		if (address.isAnyLocalAddress()) {
			return "*";
		}
		String host = address.getHostAddress();
		return (address instanceof Inet6Address) ? "[" + host.replaceFirst(ZEROS, "::") + "]" : host;
	}

}
