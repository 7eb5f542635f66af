package io.streams.benchmarks.contestant;

import java.io.IOException;
import java.net.InetSocketAddress;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.streams.benchmarks.workload.Service;

import org.jspecify.annotations.Nullable;

/**
 * Netty as its examples and guides have it: a frame decoder, a handler that writes and
 * flushes when the read is complete, the pooled allocator.
 */
final class NettyServer implements ContestantServer {

	private final IoHandlerFactory io;

	private final Class<? extends ServerChannel> channel;

	private NettyServer(IoHandlerFactory io, Class<? extends ServerChannel> channel) {
		this.io = io;
		this.channel = channel;
	}

	static NettyServer epoll() {
		return new NettyServer(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
	}

	static NettyServer nio() {
		return new NettyServer(NioIoHandler.newFactory(), NioServerSocketChannel.class);
	}

	@Override
	public int start(Service service, int loops) throws IOException {
		SslContext tls = service.isTls() ? tls() : null;
		ServerBootstrap bootstrap = new ServerBootstrap().group(new MultiThreadIoEventLoopGroup(loops, this.io))
			.channel(this.channel)
			.option(ChannelOption.SO_BACKLOG, BACKLOG)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
			.childHandler(new Pipeline(service, tls));
		InetSocketAddress address = (InetSocketAddress) bootstrap.bind(HOST, 0)
			.syncUninterruptibly()
			.channel()
			.localAddress();
		return address.getPort();
	}

	/** The JDK's engines, as Streams has them. */
	private static SslContext tls() throws IOException {
		return SslContextBuilder.forServer(ServerIdentity.create().keyManagers()).sslProvider(SslProvider.JDK).build();
	}

	/** The handlers of a connection. */
	private static final class Pipeline extends ChannelInitializer<SocketChannel> {

		private final Service service;

		private final @Nullable SslContext tls;

		Pipeline(Service service, @Nullable SslContext tls) {
			this.service = service;
			this.tls = tls;
		}

		@Override
		protected void initChannel(SocketChannel channel) {
			if (this.tls != null) {
				channel.pipeline().addLast(this.tls.newHandler(channel.alloc()));
			}
			if (this.service == Service.ECHO || this.service == Service.ECHO_TLS) {
				channel.pipeline().addLast(new LineBasedFrameDecoder(MAX_LINE_BYTES, false, false));
			}
			channel.pipeline().addLast(handler());
		}

		private ChannelHandler handler() {
			return switch (this.service) {
				case ECHO, ECHO_TLS -> NettyEcho.INSTANCE;
				case SEND -> new NettySend();
				case RECEIVE -> new NettyReceive();
				case RESP -> throw new UnsupportedOperationException();
			};
		}

	}

}
