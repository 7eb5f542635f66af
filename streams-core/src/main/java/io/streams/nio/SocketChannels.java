package io.streams.nio;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.streams.transport.TransportInfo;
import io.streams.transport.TransportSettings;
import io.streams.transport.TransportSocket;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to the sockets of the JDK, and asked of them.
 */
final class SocketChannels {

	private static final Logger logger = LoggerFactory.getLogger(SocketChannels.class);

	private SocketChannels() {
	}

	/**
	 * The family of a socket for an address.
	 * @throws IllegalArgumentException if no socket has such an address
	 */
	static StandardProtocolFamily family(SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress) {
			return StandardProtocolFamily.UNIX;
		}
		if (!(address instanceof InetSocketAddress)) {
			throw new IllegalArgumentException("not the address of a socket, but a " + address.getClass().getName()
					+ ": give the options the transports that know it");
		}
		boolean v4 = address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address;
		return v4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
	}

	static void configure(SocketChannel channel, TransportSettings settings, boolean unix) throws IOException {
		channel.configureBlocking(false);
		if (settings.receiveBuffer() > 0) {
			channel.setOption(StandardSocketOptions.SO_RCVBUF, settings.receiveBuffer());
		}
		if (settings.sendBuffer() > 0) {
			channel.setOption(StandardSocketOptions.SO_SNDBUF, settings.sendBuffer());
		}
		if (!unix) {
			channel.setOption(StandardSocketOptions.TCP_NODELAY, settings.tcpNoDelay());
			channel.setOption(StandardSocketOptions.SO_KEEPALIVE, settings.keepAlive());
		}
	}

	static TransportInfo info(SocketChannel channel, SocketAddress local) throws IOException {
		Map<TransportInfo.Key<?>, Object> attributes = Map.of(TransportInfo.SOCKET, new ChannelOptions(channel));
		if (local instanceof UnixDomainSocketAddress) {
			attributes = new HashMap<>(attributes);
			addCredentials(channel, attributes);
		}
		return new TransportInfo(named(local), named(channel.getRemoteAddress()), attributes);
	}

	/** The address, or {@code null} for the empty one of an unnamed Unix socket. */
	static @Nullable SocketAddress named(@Nullable SocketAddress address) {
		boolean unnamed = address instanceof UnixDomainSocketAddress unix && unix.getPath().toString().isEmpty();
		return unnamed ? null : address;
	}

	private static void addCredentials(SocketChannel channel, Map<TransportInfo.Key<?>, Object> attributes) {
		try {
			UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
			attributes.put(TransportInfo.PEER_USER, peer.user());
			attributes.put(TransportInfo.PEER_GROUP, peer.group());
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.debug("The system does not tell who is at the other end of a Unix socket", ex);
		}
	}

	/** Has the close send a reset, so that the peer does not take it for a good end. */
	static void resetOnClose(SocketChannel channel) {
		try {
			if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
				channel.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.debug("Could not have the close of {} send a reset", channel, ex);
		}
	}

	static void closeQuietly(Channel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("Close of {} failed", channel, ex);
		}
	}

	/** A channel's options, and nothing else of it. */
	private record ChannelOptions(SocketChannel channel) implements TransportSocket {

		@Override
		public <T> T option(SocketOption<T> option) throws IOException {
			return this.channel.getOption(option);
		}

		@Override
		public <T> void setOption(SocketOption<T> option, T value) throws IOException {
			this.channel.setOption(option, value);
		}

		@Override
		public Set<SocketOption<?>> supportedOptions() {
			return this.channel.supportedOptions();
		}

		@Override
		public String toString() {
			return "TransportSocket[" + (this.channel.isOpen() ? "open" : "closed") + "]";
		}

	}

}
