package io.streams.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import io.streams.socket.ListenSocket;
import io.streams.socket.StreamSocket;
import io.streams.transport.ServerTransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * A {@link ServerSocketChannel}.
 */
final class NioListenSocket extends NioSocket implements ListenSocket {

	/**
	 * Loads the translation of errors: an accept fails when there is no descriptor left
	 * to load it with.
	 */
	private static final IOException LOADED_EARLY = NioErrors.typed(new SocketException("Invalid argument"));

	private final ServerSocketChannel channel;

	NioListenSocket(ServerSocketChannel channel) {
		this.channel = channel;
	}

	@Override
	SelectableChannel channel() {
		return this.channel;
	}

	@Override
	public void bind(SocketAddress address, ServerTransportOptions options) throws IOException {
		this.channel.configureBlocking(false);
		if (!(address instanceof UnixDomainSocketAddress)) {
			setTcpOptions(options);
		}
		try {
			this.channel.bind(address, options.backlog());
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	private void setTcpOptions(ServerTransportOptions options) throws IOException {
		this.channel.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
		if (options.reusePort()) {
			this.channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
		}
		if (options.transport().receiveBuffer() > 0) {
			// Inherited by what is accepted, and only so in time for the window's scale.
			this.channel.setOption(StandardSocketOptions.SO_RCVBUF, options.transport().receiveBuffer());
		}
	}

	@Override
	public void adopt() throws IOException {
		this.channel.configureBlocking(false);
	}

	@Override
	public @Nullable SocketAddress localAddress() throws IOException {
		return this.channel.getLocalAddress();
	}

	@Override
	public @Nullable StreamSocket accept() throws IOException {
		try {
			SocketChannel accepted = this.channel.accept();
			return (accepted != null) ? NioStreamSocket.accepted(accepted) : null;
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

}
