package io.streams.nio;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import io.streams.socket.ListenSocket;
import io.streams.socket.Poller;
import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;

/**
 * The JDK's channels and selectors.
 */
final class NioSockets implements SocketSystem {

	/**
	 * The JDK keeps one byte more of the system's structure to itself than Linux does.
	 */
	private static final int MAX_UNIX_PATH_BYTES = 106;

	@Override
	public Poller openPoller() throws IOException {
		return new SelectorPoller(Selector.open());
	}

	@Override
	public StreamSocket open(SocketAddress address) throws IOException {
		ProtocolFamily family = SocketSystem.familyOf(address);
		try {
			return new NioStreamSocket(SocketChannel.open(family));
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
		catch (UnsupportedOperationException ex) {
			throw familyNotSupported(family, ex);
		}
	}

	@Override
	public ListenSocket openListener(SocketAddress address) throws IOException {
		ProtocolFamily family = SocketSystem.familyOf(address);
		try {
			return new NioListenSocket(ServerSocketChannel.open(family));
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
		catch (UnsupportedOperationException ex) {
			throw familyNotSupported(family, ex);
		}
	}

	@Override
	public int maxUnixPathBytes() {
		return MAX_UNIX_PATH_BYTES;
	}

	/** A system without IPv6 refuses the family as epoll does, by an IOException. */
	private static SocketErrorException familyNotSupported(ProtocolFamily family, UnsupportedOperationException ex) {
		return new SocketErrorException(SocketError.FAMILY_NOT_SUPPORTED,
				"this system has no sockets of the family " + family, ex);
	}

}
