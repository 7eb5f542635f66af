package io.streams.nio;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopTransportFactory;
import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;

/**
 * Makes socket transports over {@code java.nio}, TCP and Unix.
 *
 * @since 0.1
 */
public final class NioTransportFactory implements TransportFactory {

	private final LoopTransportFactory loops;

	private NioTransportFactory(LoopTransportFactory loops) {
		this.loops = loops;
	}

	/**
	 * Creates a factory with event loops of its own. They are started when they are first
	 * needed, and do not keep the process alive.
	 * @param options how many loops, and of what kind
	 * @return the factory
	 */
	public static NioTransportFactory create(LoopOptions options) {
		return new NioTransportFactory(new LoopTransportFactory(new NioSockets(), options));
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
	public ServerTransport bind(SocketAddress address, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return this.loops.bind(address, options, acceptor);
	}

	@Override
	public ServerTransport adopt(ServerSocketChannel channel, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return this.loops.adopt(new NioListenSocket(channel), options, acceptor);
	}

	@Override
	public CompletableFuture<Transport> connect(SocketAddress address, ClientTransportOptions options,
			Protocol protocol) {
		return this.loops.connect(address, options, protocol);
	}

	@Override
	public CompletableFuture<Transport> adopt(SocketChannel channel, TransportOptions options, Protocol protocol) {
		return this.loops.adopt(new NioStreamSocket(channel), options, protocol);
	}

	@Override
	public List<LoopStatistics> loops() {
		return this.loops.statistics();
	}

	@Override
	public boolean inEventLoop() {
		return this.loops.inEventLoop();
	}

	@Override
	public void close() {
		this.loops.close();
	}

}
