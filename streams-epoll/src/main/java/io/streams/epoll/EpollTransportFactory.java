package io.streams.epoll;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopTransportFactory;
import io.streams.nio.NioTransportFactory;
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
 * Makes socket transports over Linux' epoll, TCP and Unix, without the JDK's channels:
 * fewer system calls for a connection, less memory, and less work for a message. All else
 * is as over {@code java.nio}.
 * <p>
 * Needs Linux on x86-64 or ARM64 and Java 22 or newer. Calls the C library by the foreign
 * function interface: start the JVM with {@code --enable-native-access=ALL-UNNAMED}, or
 * it warns of that, and in future refuses.
 * <p>
 * Sockets that are taken over are channels of the JDK, and get event loops over
 * {@code java.nio}.
 */
public final class EpollTransportFactory implements TransportFactory {

	private final LoopTransportFactory loops;

	/** Has no thread before a socket is taken over. */
	private final NioTransportFactory adopted;

	private EpollTransportFactory(LoopTransportFactory loops, NioTransportFactory adopted) {
		this.loops = loops;
		this.adopted = adopted;
	}

	/**
	 * Creates a factory with event loops of its own. They are started when they are first
	 * needed, and do not keep the process alive.
	 * @param options how many loops, and of what kind
	 * @return the factory
	 * @throws UnsupportedOperationException if this JVM or system does not have what it
	 * takes; the message says what
	 */
	public static EpollTransportFactory create(LoopOptions options) {
		Support.unsupportedReason().ifPresent((reason) -> {
			throw new UnsupportedOperationException(reason + ": use a NioTransportFactory");
		});
		return new EpollTransportFactory(new LoopTransportFactory(new EpollSockets(), options),
				NioTransportFactory.create(options));
	}

	/**
	 * Why there are no such transports here.
	 * @return the reason, or nothing if {@link #create} works
	 */
	public static Optional<String> unsupportedReason() {
		return Support.unsupportedReason();
	}

	@Override
	public ServerTransport bind(SocketAddress address, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return this.loops.bind(address, options, acceptor);
	}

	@Override
	public ServerTransport adopt(ServerSocketChannel channel, ServerTransportOptions options, Acceptor acceptor)
			throws BindFailedException {
		return this.adopted.adopt(channel, options, acceptor);
	}

	@Override
	public CompletableFuture<Transport> connect(SocketAddress address, ClientTransportOptions options,
			Protocol protocol) {
		return this.loops.connect(address, options, protocol);
	}

	@Override
	public CompletableFuture<Transport> adopt(SocketChannel channel, TransportOptions options, Protocol protocol) {
		return this.adopted.adopt(channel, options, protocol);
	}

	@Override
	public List<LoopStatistics> loops() {
		return Stream.concat(this.loops.statistics().stream(), this.adopted.loops().stream()).toList();
	}

	@Override
	public boolean inEventLoop() {
		return this.loops.inEventLoop() || this.adopted.inEventLoop();
	}

	@Override
	public void close() {
		this.loops.close();
		this.adopted.close();
	}

}
