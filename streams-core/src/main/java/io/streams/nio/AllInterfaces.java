package io.streams.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;

/**
 * The address that stands for all interfaces: IPv6's, which serves IPv4 as well, where
 * there is IPv6. Java has no socket option to serve IPv6 alone, so one socket serves
 * both.
 */
final class AllInterfaces {

	private static final InetAddress ADDRESS = find();

	private AllInterfaces() {
	}

	static InetSocketAddress address(int port) {
		return new InetSocketAddress(ADDRESS, port);
	}

	private static InetAddress find() {
		try {
			return InetAddress.getByAddress(new byte[hasVersion6() ? 16 : 4]);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean hasVersion6() {
		try (ServerSocketChannel probe = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
			return probe.isOpen();
		}
		catch (IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

}
