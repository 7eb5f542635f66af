package io.streams.loop;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.HashMap;
import java.util.Map;

import io.streams.socket.StreamSocket;
import io.streams.transport.TransportInfo;

import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a socket's connection.
 */
final class SocketInfo {

	private SocketInfo() {
	}

	static TransportInfo of(StreamSocket socket, @Nullable SocketAddress local, @Nullable SocketAddress remote) {
		Map<TransportInfo.Key<?>, Object> attributes = Map.of(TransportInfo.SOCKET, socket.options());
		if (local instanceof UnixDomainSocketAddress || remote instanceof UnixDomainSocketAddress) {
			attributes = new HashMap<>(attributes);
			addPeer(socket, attributes);
		}
		return new TransportInfo(local, remote, attributes);
	}

	private static void addPeer(StreamSocket socket, Map<TransportInfo.Key<?>, Object> attributes) {
		UnixDomainPrincipal peer = socket.peer();
		if (peer != null) {
			attributes.put(TransportInfo.PEER_USER, peer.user());
			attributes.put(TransportInfo.PEER_GROUP, peer.group());
		}
	}

}
