package io.streams.loop;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.HashMap;
import java.util.Map;

import io.streams.socket.StreamSocket;
import io.streams.transport.TransportInfo;
import io.streams.transport.SocketOptionAccess;

import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a socket's connection.
 */
final class SocketInfo {

	private SocketInfo() {
	}

	/** What a socket knows at any time. */
	static TransportInfo of(StreamSocket socket) {
		SocketOptionAccess options = socket.options();
		return new TransportInfo(socket.localAddress(), socket.remoteAddress(),
				(options != null) ? Map.of(TransportInfo.SOCKET, options) : Map.of());
	}

	/** Whether a connection is one of a Unix socket that has an address. */
	static boolean isUnix(TransportInfo info) {
		return info.localAddress() instanceof UnixDomainSocketAddress
				|| info.remoteAddress() instanceof UnixDomainSocketAddress;
	}

	/**
	 * What has to be asked while a socket is open: once a Unix socket is closed, the
	 * system does not tell any more who the peer was.
	 * @return the info, or {@code null} if it is no Unix socket
	 */
	static @Nullable TransportInfo ofUnix(StreamSocket socket, @Nullable SocketAddress local) {
		if (local instanceof InetSocketAddress) {
			return null;
		}
		SocketAddress remote = socket.remoteAddress();
		if (!(local instanceof UnixDomainSocketAddress) && !(remote instanceof UnixDomainSocketAddress)) {
			return null;
		}
		Map<TransportInfo.Key<?>, Object> attributes = new HashMap<>();
		SocketOptionAccess options = socket.options();
		if (options != null) {
			attributes.put(TransportInfo.SOCKET, options);
		}
		UnixDomainPrincipal peer = socket.peer();
		if (peer != null) {
			attributes.put(TransportInfo.PEER_USER, peer.user());
			attributes.put(TransportInfo.PEER_GROUP, peer.group());
		}
		return new TransportInfo(local, remote, attributes);
	}

}
