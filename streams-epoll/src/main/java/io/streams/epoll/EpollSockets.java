package io.streams.epoll;

import java.io.IOException;
import java.net.SocketAddress;

import io.streams.socket.ListenSocket;
import io.streams.socket.Poller;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;

/**
 * Linux' own sockets.
 */
final class EpollSockets implements SocketSystem {

	@Override
	public Poller openPoller() throws IOException {
		return new EpollPoller();
	}

	@Override
	public StreamSocket open(SocketAddress address) throws IOException {
		return EpollStreamSocket.open(SocketSystem.familyOf(address));
	}

	@Override
	public ListenSocket openListener(SocketAddress address) throws IOException {
		return EpollListenSocket.open(SocketSystem.familyOf(address));
	}

}
