package io.streams.benchmarks.contestant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

import io.streams.benchmarks.workload.Chunk;
import io.streams.benchmarks.workload.Service;

/**
 * As little as a server on java.nio can do: the limit of the JVM. One thread, whatever
 * the number of loops.
 */
final class RawNioServer implements ContestantServer {

	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(Chunk.SIZE);

	@Override
	public int start(Service service, int loops) throws IOException {
		Selector selector = Selector.open();
		ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(HOST, 0), BACKLOG);
		server.configureBlocking(false);
		server.register(selector, SelectionKey.OP_ACCEPT, (RawNioHandler) () -> accept(server, selector, service));
		Thread.ofPlatform().name("raw-nio").start(() -> run(selector));
		return ((InetSocketAddress) server.getLocalAddress()).getPort();
	}

	private void accept(ServerSocketChannel server, Selector selector, Service service) throws IOException {
		for (SocketChannel channel; (channel = server.accept()) != null;) {
			channel.configureBlocking(false);
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
			key.attach(switch (service) {
				case ECHO -> new RawNioEcho(channel, key, this.readBuffer);
				case SEND -> new RawNioSend(channel, key);
				case RECEIVE -> new RawNioReceive(channel, this.readBuffer);
				case ECHO_TLS, RESP -> throw new UnsupportedOperationException();
			});
		}
	}

	private static void run(Selector selector) {
		Consumer<SelectionKey> dispatch = RawNioServer::dispatch;
		try {
			while (true) {
				selector.select(dispatch);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void dispatch(SelectionKey key) {
		try {
			((RawNioHandler) key.attachment()).ready();
		}
		catch (IOException ex) {
			try {
				key.channel().close();
			}
			catch (IOException closing) {
				throw new UncheckedIOException(closing);
			}
		}
	}

}
