package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.memory.MemoryAddress;
import io.streams.memory.MemoryTransportFactory;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;

/**
 * Servers and clients of one test, over one kind of transport; what is still open is
 * closed after the test.
 */
final class TestNetwork implements AutoCloseable {

	/** The event loops of all tests. */
	static final TransportFactory TRANSPORTS = Streams.newTransports(LoopOptions.DEFAULT);

	/** The event loops of all tests that run their handlers themselves. */
	static final TransportFactory CARRIERS = Streams.newTransports(TestLoops.of(2, LoopThreads.CARRIER));

	/** The connections in memory of all tests. */
	static final TransportFactory MEMORY = MemoryTransportFactory.builder().receiveBuffer(64 * 1024).build();

	private static final AtomicInteger number = new AtomicInteger();

	private final TransportKind kind;

	private final Path directory;

	private final List<StreamServer> servers = new CopyOnWriteArrayList<>();

	private final List<StreamConnection> connections = new CopyOnWriteArrayList<>();

	private final List<RawClient> rawClients = new CopyOnWriteArrayList<>();

	private UnaryOperator<ServerOptions.Builder> serverOptions = UnaryOperator.identity();

	TestNetwork(TransportKind kind, Path directory) {
		this.kind = kind;
		this.directory = directory;
	}

	/** Sets options for the servers that are started from now on. */
	TestNetwork with(UnaryOperator<ServerOptions.Builder> options) {
		UnaryOperator<ServerOptions.Builder> before = this.serverOptions;
		this.serverOptions = (builder) -> options.apply(before.apply(builder));
		return this;
	}

	static TransportOptions transportOptions(UnaryOperator<TransportOptions.Builder> options) {
		return options.apply(TransportOptions.builder()).build();
	}

	StreamServer serve(ConnectionHandler handler) throws IOException {
		ServerOptions options = options();
		if (this.kind.isMemory()) {
			return opened(Streams.startServer(handler, MemoryAddress.of(""), options));
		}
		return opened(this.kind.isUnix() ? Streams.startUnixServer(handler, newPath(), options)
				: Streams.startServer(handler, "127.0.0.1", 0, options));
	}

	StreamServer serveAsync(AsyncConnectionHandler handler) throws IOException {
		ServerOptions options = options();
		if (this.kind.isMemory()) {
			return opened(Streams.startAsyncServer(handler, MemoryAddress.of(""), options));
		}
		return opened(this.kind.isUnix() ? Streams.startAsyncUnixServer(handler, newPath(), options)
				: Streams.startAsyncServer(handler, "127.0.0.1", 0, options));
	}

	List<StreamServer> servers() {
		return this.servers;
	}

	ServerOptions options() {
		// What is reported once for each server is reported in each test.
		String name = "server-" + number.incrementAndGet();
		return this.serverOptions.apply(ServerOptions.builder().name(name).transports(this.kind.transports())).build();
	}

	Path newPath() {
		return this.directory.resolve("s" + number.incrementAndGet());
	}

	StreamConnection connect(StreamServer server) throws IOException {
		return connect(server, UnaryOperator.identity());
	}

	StreamConnection connect(StreamServer server, UnaryOperator<ConnectOptions.Builder> options) throws IOException {
		ConnectOptions built = options.apply(ConnectOptions.builder().transports(this.kind.transports())).build();
		StreamConnection connection = switch (server.addresses().getFirst()) {
			case UnixDomainSocketAddress unix -> Streams.openUnixConnection(unix.getPath(), built);
			case InetSocketAddress inet ->
				Streams.openConnection(inet.getAddress().getHostAddress(), inet.getPort(), built);
			case SocketAddress other -> Streams.openConnection(other, built);
		};
		this.connections.add(connection);
		return connection;
	}

	/** A client that is a plain blocking socket, or the like of it in memory. */
	RawClient connectRaw(StreamServer server) throws IOException {
		return connectRaw(server, 0);
	}

	/** The same with a receive buffer of some size. */
	RawClient connectRaw(StreamServer server, int receiveBuffer) throws IOException {
		SocketAddress address = server.addresses().getFirst();
		RawClient client = new RawClient(this.kind.isMemory()
				? new RawMemory(this.kind.transports(), address, receiveBuffer) : openSocket(address, receiveBuffer));
		this.rawClients.add(client);
		return client;
	}

	private RawSocket openSocket(SocketAddress address, int receiveBuffer) throws IOException {
		SocketChannel channel = this.kind.isUnix() ? SocketChannel.open(StandardProtocolFamily.UNIX)
				: SocketChannel.open();
		if (receiveBuffer > 0) {
			channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
		}
		channel.connect(address);
		return new RawSocket(channel);
	}

	@Override
	public void close() throws IOException {
		for (RawClient client : this.rawClients) {
			client.close();
		}
		this.connections.forEach(StreamConnection::abort);
		this.servers.forEach(StreamServer::close);
		this.servers.forEach(StreamServer::abortClients);
	}

	private StreamServer opened(StreamServer server) {
		this.servers.add(server);
		return server;
	}

}
