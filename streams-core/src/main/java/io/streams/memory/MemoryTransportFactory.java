package io.streams.memory;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.loop.LoopTransportFactory;
import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.ServerTransportOptions;
import io.streams.transport.LoopStatistics;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.Transport;
import io.streams.transport.TransportFactory;
import io.streams.transport.TransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * A network in memory: servers and connections as over sockets, with no descriptor, port
 * or file. A server can be reached through its own factory only, by its
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
 * The event loop and the transports are those of sockets; only what the system does is
 * replaced. It behaves as TCP on the loopback interface does: a client is connected once
 * it is in the backlog, before it is accepted; one that finds the backlog full waits
 * there until its connect timeout; a connect without a listener is refused; water marks,
 * the cap on the write buffer and every deadline hold; an abort is a reset to the peer.
 * Two things differ. Unless it has a {@linkplain Builder#receiveBuffer receive buffer}, a
 * socket takes one chunk at a time, and only while its peer reads: what the peer's reader
 * has not taken is in the write buffer, and an abort drops it. And what concerns the
 * system alone (buffer sizes, {@code TCP_NODELAY}, keep-alive, address reuse, file
 * permissions) has no effect.
 * <p>
 * All connections share one event loop, a virtual thread. Faults can be planned
 * ({@link FaultPlan}), and the time of all deadlines can be a {@link VirtualClock}.
 *
 * @since 0.1
 */
public final class MemoryTransportFactory implements TransportFactory {

	/** Bytes that a protocol receives at once if nothing else is said. */
	private static final int DEFAULT_CHUNK = 16 * 1024;

	private final MemorySockets sockets;

	private final LoopTransportFactory loops;

	private MemoryTransportFactory(Builder builder) {
		this.sockets = new MemorySockets(builder.chunk, builder.receiveBuffer, builder.faults, builder.clock);
		this.loops = new LoopTransportFactory(this.sockets,
				LoopOptions.builder().loops(1).threads(LoopThreads.VIRTUAL).build());
	}

	/**
	 * Creates a network.
	 * @return the factory
	 */
	public static MemoryTransportFactory create() {
		return builder().build();
	}

	/**
	 * Creates a network that splits what is sent, to find out whether a parser copes.
	 * @param chunk how many bytes a protocol receives at once at the most, 1 or more
	 * @return the factory
	 */
	public static MemoryTransportFactory create(int chunk) {
		return builder().chunk(chunk).build();
	}

	/**
	 * Returns a builder of a network without faults.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
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
	public ServerTransport bind(SocketAddress address, ServerTransportOptions settings, Acceptor acceptor)
			throws BindFailedException {
		if (!(address instanceof MemoryAddress)) {
			throw new BindFailedException(address, "an in-memory network has MemoryAddresses only", null);
		}
		return this.loops.bind(address, settings, acceptor);
	}

	/**
	 * Does not work here: a socket is no in-memory server.
	 * @throws BindFailedException always; the channel is closed
	 */
	@Override
	public ServerTransport adopt(ServerSocketChannel channel, ServerTransportOptions settings, Acceptor acceptor)
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
	public CompletableFuture<Transport> connect(SocketAddress address, ClientTransportOptions settings,
			Protocol protocol) {
		if (!(address instanceof MemoryAddress)) {
			return refused(address, "an in-memory network has MemoryAddresses only");
		}
		SocketAddress local = settings.localAddress();
		if (local != null && !(local instanceof MemoryAddress)) {
			return refused(address, "the local address " + local + " is no MemoryAddress");
		}
		return this.loops.connect(address, settings, protocol);
	}

	private static CompletableFuture<Transport> refused(SocketAddress address, String reason) {
		return CompletableFuture.failedFuture(new ConnectFailedException(address, reason, null));
	}

	/**
	 * Does not work here: a socket is no in-memory connection.
	 * @return completes with {@link UnsupportedOperationException}; the channel is left
	 * alone
	 */
	@Override
	public CompletableFuture<Transport> adopt(SocketChannel channel, TransportOptions settings, Protocol protocol) {
		return CompletableFuture.failedFuture(new UnsupportedOperationException(
				"an in-memory network cannot take a socket over: give it to a NioTransportFactory"));
	}

	/**
	 * How the event loop is doing.
	 * @return one figure, once there was something to do; connections count at both of
	 * their ends
	 */
	@Override
	public List<LoopStatistics> loops() {
		return this.loops.statistics();
	}

	@Override
	public boolean inEventLoop() {
		return this.loops.inEventLoop();
	}

	/** Aborts every connection and closes every listener; idempotent. */
	@Override
	public void close() {
		this.sockets.close();
		this.loops.close();
	}

	/** Builds a {@link MemoryTransportFactory}. Not safe for use by several threads. */
	public static final class Builder {

		private int chunk = DEFAULT_CHUNK;

		private int receiveBuffer;

		private FaultPlan faults = FaultPlan.NONE;

		private @Nullable VirtualClock clock;

		private Builder() {
		}

		/**
		 * Sets the maximum of bytes in one {@code dataReceived}.
		 * @param bytes 1 or more; 16 KiB by default
		 * @return this builder
		 * @throws IllegalArgumentException if the number is less than 1
		 */
		public Builder chunk(int bytes) {
			this.chunk = MemoryConnections.requireChunk(bytes);
			return this;
		}

		/**
		 * Sets how many bytes wait for a peer that does not read, as in the system's
		 * buffers. They count as sent, and reach the peer after an abort.
		 * @param bytes 0 or more; by default 0: what the peer has not read is in the
		 * write buffer
		 * @return this builder
		 * @throws IllegalArgumentException if the number is negative
		 */
		public Builder receiveBuffer(int bytes) {
			if (bytes < 0) {
				throw new IllegalArgumentException("receiveBuffer is " + bytes + ": give 0 or more");
			}
			this.receiveBuffer = bytes;
			return this;
		}

		/**
		 * Sets what goes wrong.
		 * @param faults the plan; {@link FaultPlan#NONE} by default
		 * @return this builder
		 */
		public Builder faults(FaultPlan faults) {
			this.faults = faults;
			return this;
		}

		/**
		 * Has every deadline follow a clock that the caller moves.
		 * @param clock the clock; the system's time by default
		 * @return this builder
		 */
		public Builder clock(VirtualClock clock) {
			this.clock = clock;
			return this;
		}

		/**
		 * Creates the network.
		 * @return the factory
		 */
		public MemoryTransportFactory build() {
			return new MemoryTransportFactory(this);
		}

	}

}
