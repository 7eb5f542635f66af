package io.streams.epoll;

import java.io.IOException;
import java.net.ProtocolFamily;

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
	public StreamSocket open(ProtocolFamily family) throws IOException {
		return EpollStreamSocket.open(family);
	}

	@Override
	public ListenSocket openListener(ProtocolFamily family) throws IOException {
		return EpollListenSocket.open(family);
	}

}
