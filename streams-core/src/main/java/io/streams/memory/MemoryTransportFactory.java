package io.streams.memory;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.ConnectSettings;
import io.streams.transport.ListenSettings;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportSettings;

import org.jspecify.annotations.Nullable;

/**
 * A network in memory: servers and connections as over sockets, with no descriptor, port
 * or file. What listens here can be reached through this factory only, by its
 * {@link MemoryAddress}.
 *
 * <pre>
 * try (MemoryTransportFactory network = MemoryTransportFactory.create()) {
 *     MemoryAddress address = MemoryAddress.of("echo");
 *     StreamServer server = Streams.startServer(handler, List.of(address),
 *             ServerOptions.builder().transports(network).build());
 *     StreamConnection client = Streams.openConnection(address,
 *             ConnectOptions.builder().transports(network).build());
 * }
 * </pre>
 *
 * It behaves as TCP on the loopback interface does: a client is connected once it is in
 * the backlog, before it is accepted; one that finds the backlog full waits there until
 * its connect timeout; whom nobody awaits is refused; water marks, the cap on the write
 * buffer and every deadline of {@link TransportSettings} hold; an abort is a reset to the
 * peer. Two things differ. There is no socket buffer between the ends: what the peer's
 * reader has not taken is in the write buffer. And what concerns sockets alone (buffer
 * sizes, {@code TCP_NODELAY}, keep-alive, address reuse, file permissions) has no effect.
 * <p>
 * All connections share one event loop, a virtual thread that lives only while there is
 * something to do.
 */
public final class MemoryTransportFactory implements TransportFactory {

	/** Bytes that a protocol receives at once if nothing else is said. */
	private static final int DEFAULT_CHUNK = 16 * 1024;

	/** How long {@link #close()} waits for the event loop at the most. */
	private static final long TERMINATION_SECONDS = 5;

	private final int chunk;

	private final MemoryLoop loop = new MemoryLoop();

	/** What listens, by its name. Safe for any thread. */
	private final ConcurrentMap<String, MemoryListener> listeners = new ConcurrentHashMap<>();

	private final AtomicLong lastNumber = new AtomicLong();

	private volatile boolean closed;

	private MemoryTransportFactory(int chunk) {
		MemoryTransport.requireChunk(chunk);
		this.chunk = chunk;
	}

	/**
	 * Creates a network.
	 * @return the factory
	 */
	public static MemoryTransportFactory create() {
		return create(DEFAULT_CHUNK);
	}

	/**
	 * Creates a network that splits what is sent, to find out whether a parser copes.
	 * @param chunk how many bytes a protocol receives at once at the most, 1 or more
	 * @return the factory
	 */
	public static MemoryTransportFactory create(int chunk) {
		return new MemoryTransportFactory(chunk);
	}

	/**
	 * Binds a name.
	 * @param address a {@link MemoryAddress}; one without a name has one chosen
	 * @param settings how to listen, and how to treat accepted connections
	 * @param acceptor decides about each connection
	 * @return the bound server transport
	 * @throws BindFailedException if the name is taken, or the address of another kind
	 */
	@Override
	public ServerTransport bind(SocketAddress address, ListenSettings settings, Acceptor acceptor)
			throws BindFailedException {
		refuseIfClosed();
		if (!(address instanceof MemoryAddress wanted)) {
			throw new BindFailedException(address, "an in-memory network has MemoryAddresses only", null);
		}
		MemoryAddress named = wanted.name().isEmpty() ? chosenAddress("server-") : wanted;
		MemoryListener listener = new MemoryListener(named, settings, acceptor, this);
		if (this.listeners.putIfAbsent(named.name(), listener) != null) {
			throw new BindFailedException(named, BindFailedException.Reason.ADDRESS_IN_USE, "Address already in use",
					null);
		}
		if (this.closed) {
			this.listeners.remove(named.name(), listener);
			refuseIfClosed();
		}
		return listener;
	}

	/**
	 * Does not work here: a socket is no in-memory server.
	 * @throws BindFailedException always; the channel is closed
	 */
	@Override
	public ServerTransport adopt(ServerSocketChannel channel, ListenSettings settings, Acceptor acceptor)
			throws BindFailedException {
		try (channel) {
			throw new BindFailedException(MemoryAddress.of(""),
					"an in-memory network cannot take a socket over: give it to a NioTransportFactory", null);
		}
		catch (BindFailedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw new BindFailedException(MemoryAddress.of(""), String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * Connects.
	 * @param address the {@link MemoryAddress} of a server of this factory
	 * @param settings how to connect; the local address, if any, is a
	 * {@link MemoryAddress}
	 * @param protocol gets {@code connectionMade}, before the future completes
	 * @return completes with the transport, or with {@link ConnectFailedException}
	 */
	@Override
	public CompletableFuture<Transport> connect(SocketAddress address, ConnectSettings settings, Protocol protocol) {
		refuseIfClosed();
		if (!(address instanceof MemoryAddress remote)) {
			return refused(address, "an in-memory network has MemoryAddresses only");
		}
		MemoryAddress local = localAddress(settings.localAddress());
		if (local == null) {
			return refused(address, "the local address " + settings.localAddress() + " is no MemoryAddress");
		}
		return new MemoryAttempt(remote, local, settings, protocol, this).start();
	}

	/**
	 * Does not work here: a socket is no in-memory connection.
	 * @return completes with {@link UnsupportedOperationException}; the channel is left
	 * alone
	 */
	@Override
	public CompletableFuture<Transport> adopt(SocketChannel channel, TransportSettings settings, Protocol protocol) {
		return CompletableFuture.failedFuture(new UnsupportedOperationException(
				"an in-memory network cannot take a socket over: give it to a NioTransportFactory"));
	}

	/**
	 * How the event loop is doing.
	 * @return one figure; connections count at both of their ends
	 */
	@Override
	public List<LoopStatistics> loops() {
		return List.of(this.loop.statistics());
	}

	@Override
	public boolean inEventLoop() {
		return this.loop.isCurrent();
	}

	/** Aborts every connection and closes every listener; idempotent. */
	@Override
	public void close() {
		this.closed = true;
		CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
		this.loop.execute(() -> {
			closeNow();
			done.complete(null);
		});
		if (!inEventLoop()) {
			done.completeOnTimeout(null, TERMINATION_SECONDS, TimeUnit.SECONDS).join();
		}
	}

	MemoryLoop loop() {
		return this.loop;
	}

	int chunk() {
		return this.chunk;
	}

	boolean isClosed() {
		return this.closed;
	}

	/** Who listens by that name. */
	@Nullable MemoryListener listener(MemoryAddress address) {
		return this.listeners.get(address.name());
	}

	/** The name is free again. */
	void unbind(MemoryListener listener) {
		this.listeners.remove(listener.localAddress().name(), listener);
	}

	private void closeNow() {
		this.listeners.values().forEach(MemoryListener::closeNow);
		this.loop.connections().forEach((connection) -> connection.finish(null, true));
	}

	private void refuseIfClosed() {
		if (this.closed) {
			throw new IllegalStateException("the transport factory is closed: create a new one");
		}
	}

	private static CompletableFuture<Transport> refused(SocketAddress address, String reason) {
		return CompletableFuture.failedFuture(new ConnectFailedException(address, reason, null));
	}

	private @Nullable MemoryAddress localAddress(@Nullable SocketAddress wanted) {
		if (wanted == null) {
			return chosenAddress("client-");
		}
		if (wanted instanceof MemoryAddress address) {
			return address.name().isEmpty() ? chosenAddress("client-") : address;
		}
		return null;
	}

	private MemoryAddress chosenAddress(String prefix) {
		String name;
		do {
			name = prefix + this.lastNumber.incrementAndGet();
		}
		while (this.listeners.containsKey(name));
		return MemoryAddress.of(name);
	}

}
