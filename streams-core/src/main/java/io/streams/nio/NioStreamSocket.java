package io.streams.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

import io.streams.socket.StreamSocket;
import io.streams.transport.SocketOptionAccess;
import io.streams.transport.TransportOptions;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link SocketChannel}.
 */
final class NioStreamSocket extends NioSocket implements StreamSocket {

	private static final Logger logger = LoggerFactory.getLogger(NioStreamSocket.class);

	private final SocketChannel channel;

	/** Noted when the connection stands, before anybody may ask. */
	private @Nullable SocketAddress local;

	/** As {@link #local}. */
	private @Nullable SocketAddress remote;

	NioStreamSocket(SocketChannel channel) {
		this.channel = channel;
	}

	static NioStreamSocket accepted(SocketChannel channel) throws IOException {
		NioStreamSocket socket = new NioStreamSocket(channel);
		try {
			socket.noteAddresses();
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	private void noteAddresses() throws IOException {
		this.local = named(this.channel.getLocalAddress());
		this.remote = named(this.channel.getRemoteAddress());
	}

	@Override
	SelectableChannel channel() {
		return this.channel;
	}

	@Override
	public void configure(TransportOptions settings, boolean unix) throws IOException {
		this.channel.configureBlocking(false);
		if (settings.receiveBuffer() > 0) {
			this.channel.setOption(StandardSocketOptions.SO_RCVBUF, settings.receiveBuffer());
		}
		if (settings.sendBuffer() > 0) {
			this.channel.setOption(StandardSocketOptions.SO_SNDBUF, settings.sendBuffer());
		}
		if (!unix) {
			this.channel.setOption(StandardSocketOptions.TCP_NODELAY, settings.tcpNoDelay());
			this.channel.setOption(StandardSocketOptions.SO_KEEPALIVE, settings.keepAlive());
		}
	}

	@Override
	public void bind(SocketAddress local) throws IOException {
		try {
			this.channel.bind(local);
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	@Override
	public boolean connect(SocketAddress remote) throws IOException {
		try {
			boolean connected = this.channel.connect(remote);
			if (connected) {
				noteAddresses();
			}
			return connected;
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	@Override
	public void finishConnect() throws IOException {
		try {
			this.channel.finishConnect();
			noteAddresses();
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	@Override
	public void adopt() throws IOException {
		if (!this.channel.isConnected()) {
			throw new IllegalArgumentException("the socket to take over is not connected: connect it first");
		}
		this.channel.configureBlocking(false);
		noteAddresses();
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		try {
			return this.channel.read(target);
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	@Override
	public int write(ByteBuffer data) throws IOException {
		try {
			return this.channel.write(data);
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	@Override
	public long write(ByteBuffer[] data) throws IOException {
		try {
			return this.channel.write(data);
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	@Override
	public void shutdownOutput() throws IOException {
		try {
			this.channel.shutdownOutput();
		}
		catch (IOException ex) {
			throw NioErrors.typed(ex);
		}
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return this.local;
	}

	@Override
	public @Nullable SocketAddress remoteAddress() {
		return this.remote;
	}

	/** The address, or {@code null} for the empty one of an unnamed Unix socket. */
	private static @Nullable SocketAddress named(@Nullable SocketAddress address) {
		boolean unnamed = address instanceof UnixDomainSocketAddress unix && unix.getPath().toString().isEmpty();
		return unnamed ? null : address;
	}

	@Override
	public SocketOptionAccess options() {
		return new ChannelOptions(this.channel);
	}

	@Override
	public @Nullable UnixDomainPrincipal peer() {
		try {
			return this.channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.debug("The system does not tell who is at the other end of a Unix socket", ex);
			return null;
		}
	}

	@Override
	public void resetOnClose() {
		try {
			if (this.channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
				this.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.debug("Could not have the close of {} send a reset", this.channel, ex);
		}
	}

}
