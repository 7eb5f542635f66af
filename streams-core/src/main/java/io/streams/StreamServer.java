package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTransport;
import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.TransportFactory;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on one or several addresses and gives each connection to a handler. Safe for
 * use by any thread.
 * <p>
 * {@link #close()} ends the listening only, as in asyncio; {@link #stop} ends the
 * connections as well, gracefully.
 * <p>
 * asyncio counterpart: {@code asyncio.Server}.
 */
public final class StreamServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StreamServer.class);

	/** Loaded early: it is needed when there is no descriptor left to load it with. */
	private static final RejectReason ACCEPT_FAILED = RejectReason.ACCEPT_FAILED;

	private final ServerOptions options;

	private final StreamListener listener;

	private final Consumer<StreamConnection> handler;

	private final ReentrantLock lock = new ReentrantLock();

	/** Written once, before the server is seen by others. */
	private List<ServerTransport> listeners = List.of();

	/** Written under {@link #lock}. */
	private volatile ServerState state = ServerState.BOUND;

	/**
	 * Connections accepted and not yet gone; those on their way to their loop included.
	 */
	private final AtomicInteger active = new AtomicInteger();

	private final AtomicInteger handshakes = new AtomicInteger();

	private final Set<StreamConnection> connections = ConcurrentHashMap.newKeySet();

	private final AddressCounts addressCounts;

	/** An operator wants no more clients for now. */
	private volatile boolean acceptHeld;

	private final LongAdder accepted = new LongAdder();

	private final LongAdder rejected = new LongAdder();

	private final AtomicBoolean acceptPaused = new AtomicBoolean();

	private final AtomicBoolean serveForeverCalled = new AtomicBoolean();

	/** Completes when listening ends. */
	private final CompletableFuture<@Nullable Void> listeningEnded = new CompletableFuture<>();

	/** Completes when listening has ended and the last connection is gone. */
	private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

	private StreamServer(Consumer<StreamConnection> handler, ServerOptions options) {
		this.handler = handler;
		this.options = options;
		this.addressCounts = new AddressCounts(options.maxConnectionsPerAddress());
		this.listener = SafeListener.of(options.listener());
	}

	/**
	 * Binds every address, or none.
	 */
	static StreamServer bind(Consumer<StreamConnection> handler, TransportFactory transports,
			List<? extends SocketAddress> addresses, ServerOptions options) throws IOException {
		StreamServer server = new StreamServer(handler, options);
		List<ServerTransport> bound = new ArrayList<>();
		try {
			for (SocketAddress address : new LinkedHashSet<>(addresses)) {
				server.bind(transports, address, bound, addresses.size() == 1);
			}
			if (bound.isEmpty()) {
				throw new BindFailedException(addresses.getFirst(), "none of " + addresses + " is an address here",
						null);
			}
		}
		catch (BindFailedException | RuntimeException ex) {
			bound.forEach(ServerTransport::close);
			throw ex;
		}
		server.listeners = List.copyOf(bound);
		if (options.startServing()) {
			server.startServing();
		}
		return server;
	}

	/**
	 * An address that does not exist here, an IPv6 one for instance, is left out as by
	 * asyncio.
	 */
	private void bind(TransportFactory transports, SocketAddress address, List<ServerTransport> bound, boolean only)
			throws BindFailedException {
		try {
			bound.add(transports.bind(address, this.options.listen(), new ConnectionAcceptor()));
		}
		catch (BindFailedException ex) {
			if (only || !String.valueOf(ex.getMessage()).contains("assign requested address")) {
				throw ex;
			}
			logger.warn("Server '{}': {}", name(), ex.getMessage());
		}
	}

	public String name() {
		return this.options.name();
	}

	/**
	 * Where the server listens, with the ports that the system chose.
	 * @return the addresses, none once it is closed
	 */
	public List<SocketAddress> addresses() {
		return isListening() ? this.listeners.stream().map(ServerTransport::localAddress).toList() : List.of();
	}

	/**
	 * The port of the first TCP address, kept after the close.
	 * @return the port, or -1 if the server has no TCP address
	 */
	public int port() {
		return this.listeners.stream()
			.map(ServerTransport::localAddress)
			.filter(InetSocketAddress.class::isInstance)
			.mapToInt((address) -> ((InetSocketAddress) address).getPort())
			.findFirst()
			.orElse(-1);
	}

	public ServerState state() {
		return this.state;
	}

	/**
	 * Whether the server accepts connections.
	 * @return {@code false} before {@link #startServing()}, after {@link #close()}, and
	 * when a listener has failed
	 */
	public boolean isServing() {
		return this.state == ServerState.SERVING && this.listeners.stream().allMatch(ServerTransport::isOpen);
	}

	/**
	 * Begins to accept; idempotent.
	 * @throws IllegalStateException if the server is closed
	 */
	public void startServing() {
		this.lock.lock();
		try {
			if (!isListening()) {
				throw new IllegalStateException("server '" + name() + "' is closed: start a new one");
			}
			if (this.state == ServerState.BOUND) {
				this.state = ServerState.SERVING;
				this.listeners.forEach(ServerTransport::start);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Serves until {@link #close()} is called or the thread is interrupted; the interrupt
	 * stops the server, within its grace period.
	 * @throws IllegalStateException if another thread is in here already, or the server
	 * is closed
	 * @throws InterruptedException after the stop that an interrupt brought about
	 */
	public void serveForever() throws InterruptedException {
		if (!isListening()) {
			throw new IllegalStateException("server '" + name() + "' is closed");
		}
		if (!this.serveForeverCalled.compareAndSet(false, true)) {
			throw new IllegalStateException("server '" + name() + "' is already being awaited on serveForever()");
		}
		try {
			startServing();
			await(this.listeningEnded);
		}
		catch (InterruptedException ex) {
			stop(this.options.gracePeriod());
			throw ex;
		}
		finally {
			this.serveForeverCalled.set(false);
		}
	}

	/** Ends the listening; connections stay open. Idempotent. */
	@Override
	public void close() {
		this.lock.lock();
		try {
			if (!isListening()) {
				return;
			}
			this.state = ServerState.CLOSING;
		}
		finally {
			this.lock.unlock();
		}
		CompletableFuture<?>[] closing = this.listeners.stream()
			.map(ServerTransport::close)
			.toArray(CompletableFuture<?>[]::new);
		CompletableFuture.allOf(closing).whenComplete((nothing, failure) -> {
			this.listeningEnded.complete(null);
			closedIfDone();
		});
	}

	/** Closes every connection, after what is queued on it was sent. Call close first. */
	public void closeClients() {
		this.connections.forEach((connection) -> connection.close(CloseReason.CLOSED));
	}

	/** Aborts every connection. Call close first. */
	public void abortClients() {
		this.connections.forEach(StreamConnection::abort);
	}

	/**
	 * Waits until the server is closed and its last connection gone, in whichever order.
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void waitClosed() throws InterruptedException {
		await(this.closed);
	}

	/**
	 * The asynchronous form of {@link #waitClosed()}.
	 * @return completes when the server is closed and its last connection gone
	 */
	public CompletableFuture<@Nullable Void> waitClosedAsync() {
		return this.closed.copy();
	}

	/** Accepts nobody until {@link #resumeAccepting()}; clients wait in the backlog. */
	public void pauseAccepting() {
		this.acceptHeld = true;
	}

	/** Accepts again after {@link #pauseAccepting()}. */
	public void resumeAccepting() {
		this.acceptHeld = false;
		acceptMore();
	}

	/**
	 * Stops gracefully: ends the listening; gives handlers that wait for a quiet peer the
	 * end of their input at once, and all others {@code grace} to finish; then closes
	 * what is left, sending what is queued; then aborts. It takes at most {@code grace}
	 * and four seconds.
	 * @param grace how long handlers may take, 0 or more
	 * @return how it went
	 * @throws InterruptedException if the thread is interrupted; the connections that are
	 * left were aborted
	 */
	public StopReport stop(Duration grace) throws InterruptedException {
		close();
		StopReport report = new ServerStop(this, grace).run();
		if (!report.isGraceful()) {
			logger.warn("Server '{}' cut off {} connections at its stop; {} bytes were not sent", name(),
					report.aborted(), report.unsentBytes());
		}
		return report;
	}

	/**
	 * The server at this moment.
	 * @return a snapshot
	 */
	public ServerSnapshot snapshot() {
		return new ServerSnapshot(name(), this.state, addresses(), isAcceptPaused(), this.options.maxConnections(),
				this.active.get(), this.accepted.sum(), this.rejected.sum());
	}

	/**
	 * The connections that are open now.
	 * @return a view that changes with them
	 */
	public Collection<StreamConnection> connections() {
		return Collections.unmodifiableCollection(this.connections);
	}

	/**
	 * Finds a connection.
	 * @param id its id
	 * @return the connection, or {@code null}
	 */
	public @Nullable StreamConnection connection(String id) {
		return this.connections.stream().filter((connection) -> connection.id().equals(id)).findAny().orElse(null);
	}

	@Override
	public String toString() {
		return "StreamServer[name=" + name() + ", state=" + this.state + ", addresses=" + addresses() + ", connections="
				+ this.active + "]";
	}

	private boolean isListening() {
		return this.state == ServerState.BOUND || this.state == ServerState.SERVING;
	}

	private boolean isAcceptPaused() {
		return this.acceptHeld || this.listeners.stream().anyMatch(ServerTransport::isAcceptingPaused);
	}

	private void opened(StreamConnection connection) {
		this.connections.add(connection);
		if (!isListening()) {
			// It was accepted while the server was being closed.
			reject(RejectReason.STOPPING);
			connection.close(CloseReason.SERVER_STOPPED);
			return;
		}
		this.accepted.increment();
		this.handler.accept(connection);
	}

	private void reject(RejectReason reason) {
		this.rejected.increment();
		this.listener.rejected(this, reason);
	}

	private void connectionGone(@Nullable StreamConnection connection, @Nullable SocketAddress remoteAddress) {
		this.addressCounts.remove(remoteAddress);
		if (connection != null) {
			this.connections.remove(connection);
		}
		this.active.decrementAndGet();
		acceptMore();
		closedIfDone();
	}

	/** There is room for one more: whoever waits in the backlog may come. */
	private void acceptMore() {
		if (this.acceptPaused.compareAndSet(true, false)) {
			this.listeners.forEach(ServerTransport::resumeAccepting);
			this.listener.acceptResumed(this);
		}
	}

	private boolean hasRoom() {
		return !this.acceptHeld && this.active.get() < this.options.maxConnections()
				&& this.handshakes.get() < this.options.maxHandshakes();
	}

	private void closedIfDone() {
		if (!this.listeningEnded.isDone() || this.active.get() > 0) {
			return;
		}
		this.lock.lock();
		try {
			this.state = ServerState.CLOSED;
		}
		finally {
			this.lock.unlock();
		}
		this.closed.complete(null);
	}

	private static void await(CompletableFuture<?> future) throws InterruptedException {
		try {
			future.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	/** Decides about clients for one listener. */
	private final class ConnectionAcceptor implements Acceptor {

		@Override
		public boolean mayAccept() {
			if (hasRoom()) {
				return true;
			}
			if (StreamServer.this.acceptPaused.compareAndSet(false, true)) {
				StreamServer.this.listener.acceptPaused(StreamServer.this);
			}
			// A connection may have gone between the question and the note of its answer.
			return hasRoom();
		}

		@Override
		public @Nullable Protocol accepted(@Nullable SocketAddress remoteAddress) {
			if (!StreamServer.this.addressCounts.tryAdd(remoteAddress)) {
				reject(RejectReason.ADDRESS_LIMIT);
				return null;
			}
			StreamServer.this.active.incrementAndGet();
			try {
				return protocol(remoteAddress);
			}
			catch (RuntimeException ex) {
				setupFailed(remoteAddress, ex);
				return null;
			}
		}

		private Protocol protocol(@Nullable SocketAddress remoteAddress) {
			ServerOptions options = StreamServer.this.options;
			Connection connection = new Connection(remoteAddress);
			StreamReaderProtocol protocol = new StreamReaderProtocol(name(), new StreamReader(options.limit()),
					StreamServer.this.listener, options.slowConsumers(), connection, connection);
			TlsOptions tls = options.tls();
			if (tls == null) {
				return protocol;
			}
			TlsTransport secured = TlsTransport.server(tls, protocol, new ServerHandshake(remoteAddress));
			StreamServer.this.handshakes.incrementAndGet();
			return secured;
		}

		@Override
		public void acceptFailed(IOException cause, Duration pause) {
			reject(ACCEPT_FAILED);
			logger.warn("Server '{}' could not accept a connection and pauses for {} ms: {}", name(), pause.toMillis(),
					cause.getMessage());
			StreamServer.this.listener.failed(null, "accept", cause);
		}

		@Override
		public void setupFailed(@Nullable SocketAddress remoteAddress, Throwable cause) {
			reject(RejectReason.SETUP_FAILED);
			StreamServer.this.listener.failed(null, "set-up of an accepted connection", cause);
			connectionGone(null, remoteAddress);
		}

	}

	/**
	 * Counts a handshake that has begun, and takes its connection off the count if it
	 * fails.
	 */
	private final class ServerHandshake extends HandshakeReport {

		private final @Nullable SocketAddress remoteAddress;

		ServerHandshake(@Nullable SocketAddress remoteAddress) {
			super(StreamServer.this, StreamServer.this.listener);
			this.remoteAddress = remoteAddress;
		}

		@Override
		public void handshakeSucceeded(Duration time) {
			StreamServer.this.handshakes.decrementAndGet();
			acceptMore();
			super.handshakeSucceeded(time);
		}

		@Override
		public void handshakeFailed(Duration time, IOException cause) {
			StreamServer.this.handshakes.decrementAndGet();
			reject(RejectReason.TLS_HANDSHAKE);
			super.handshakeFailed(time, cause);
			connectionGone(null, this.remoteAddress);
		}

	}

	/** Notes when a connection of this server comes and goes. */
	private final class Connection implements Consumer<StreamConnection>, Runnable {

		private final @Nullable SocketAddress remoteAddress;

		/** Event loop only. */
		private @Nullable StreamConnection connection;

		Connection(@Nullable SocketAddress remoteAddress) {
			this.remoteAddress = remoteAddress;
		}

		@Override
		public void accept(StreamConnection connection) {
			this.connection = connection;
			opened(connection);
		}

		@Override
		public void run() {
			connectionGone(this.connection, this.remoteAddress);
		}

	}

}
