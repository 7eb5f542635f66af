package io.streams.nio;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import io.streams.socket.ListenSocket;
import io.streams.socket.Poller;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;

/**
 * The JDK's channels and selectors.
 */
final class NioSockets implements SocketSystem {

	@Override
	public Poller openPoller() throws IOException {
		return new SelectorPoller(Selector.open());
	}

	@Override
	public StreamSocket open(ProtocolFamily family) throws IOException {
		return new NioStreamSocket(SocketChannel.open(family));
	}

	@Override
	public ListenSocket openListener(ProtocolFamily family) throws IOException {
		return new NioListenSocket(ServerSocketChannel.open(family));
	}

}
