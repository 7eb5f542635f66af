package io.streams.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.ConnectSettings;
import io.streams.transport.ListenSettings;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportSettings;

/**
 * Makes socket transports over {@code java.nio}, TCP and Unix.
 */
public final class NioTransportFactory implements TransportFactory {

	private final LoopGroup group;

	private NioTransportFactory(LoopGroup group) {
		this.group = group;
	}

	/**
	 * Creates a factory with event loops of its own. They are started when they are first
	 * needed, and do not keep the process alive.
	 * @param options how many loops, and of what kind
	 * @return the factory
	 */
	public static NioTransportFactory create(LoopOptions options) {
		return new NioTransportFactory(new LoopGroup(options));
	}

	/**
	 * The address on which to listen to be reached on all interfaces, by IPv4 and IPv6.
	 * @param port the port
	 * @return the address
	 */
	public static InetSocketAddress allInterfaces(int port) {
		return AllInterfaces.address(port);
	}

	@Override
	public ServerTransport bind(SocketAddress address, ListenSettings settings, Acceptor acceptor)
			throws BindFailedException {
		return SocketListener.bind(address, settings, acceptor, this.group);
	}

	@Override
	public ServerTransport adopt(ServerSocketChannel channel, ListenSettings settings, Acceptor acceptor)
			throws BindFailedException {
		return SocketListener.adopt(channel, settings, acceptor, this.group);
	}

	@Override
	public CompletableFuture<Transport> connect(SocketAddress address, ConnectSettings settings, Protocol protocol) {
		return new ConnectAttempt(address, settings, protocol, this.group).start();
	}

	@Override
	public CompletableFuture<Transport> adopt(SocketChannel channel, TransportSettings settings, Protocol protocol) {
		CompletableFuture<Transport> outcome = new CompletableFuture<>();
		EventLoop loop = this.group.next();
		loop.execute(() -> {
			try {
				outcome.complete(SocketTransport.adopt(channel, loop, this.group, settings, protocol));
			}
			catch (IOException | RuntimeException ex) {
				SocketChannels.closeQuietly(channel);
				outcome.completeExceptionally(ex);
			}
		});
		return outcome;
	}

	@Override
	public List<LoopStatistics> loops() {
		return this.group.statistics();
	}

	@Override
	public boolean inEventLoop() {
		return this.group.isLoop(Thread.currentThread());
	}

	@Override
	public void close() {
		this.group.close();
	}

}
