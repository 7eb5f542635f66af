package io.streams;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.transport.BindFailedException;
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
 *
 * @since 0.1
 */
public final class StreamServer implements AutoCloseable {

	/** How long {@code waitClosed} waits for the futures of others at most. */
	private static final long TOLD_MILLIS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(StreamServer.class);

	private final ServerOptions options;

	private final TransportFactory transports;

	/** Admits the connections; asks back whether the server still listens. */
	private final ConnectionAdmission clients;

	private final ReentrantLock lock = new LoopLock();

	private final ServerListeners listeners;

	/** Written under {@link #lock}. */
	private volatile ServerState state = ServerState.BOUND;

	private final AtomicBoolean serveForeverCalled = new AtomicBoolean();

	/** Completes when listening ends. */
	private final CompletableFuture<@Nullable Void> listeningEnded = new CompletableFuture<>();

	/** Completes when listening has ended and the last connection is gone. */
	private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

	/**
	 * Completes after the futures of {@link #waitClosedAsync()}, so that they are done
	 * when {@link #waitClosed()} returns.
	 */
	private final CompletableFuture<@Nullable Void> allTold = new CompletableFuture<>();

	private StreamServer(HandlerStarter handlers, TransportFactory transports, ServerOptions options) {
		this.transports = transports;
		this.options = options;
		this.clients = new ConnectionAdmission(this, options, handlers);
		this.listeners = new ServerListeners(transports, options);
	}

	/** Binds every address, or none. */
	static StreamServer bind(HandlerStarter handlers, TransportFactory transports,
			List<? extends SocketAddress> addresses, ServerOptions options) throws BindFailedException {
		StreamServer server = new StreamServer(handlers, transports, options);
		server.listeners.bind(addresses, server.clients);
		server.startIfWanted();
		return server;
	}

	/** Serves on a socket that is bound already. */
	static StreamServer adopt(HandlerStarter handlers, TransportFactory transports, ServerSocketChannel channel,
			ServerOptions options) throws BindFailedException {
		StreamServer server = new StreamServer(handlers, transports, options);
		server.listeners.adopt(channel, server.clients);
		server.startIfWanted();
		return server;
	}

	private void startIfWanted() {
		if (this.options.startServing()) {
			startServing();
		}
	}

	/**
	 * Returns the server's name, as in logs and meters.
	 * @return the name of the options
	 */
	public String name() {
		return this.options.name();
	}

	/**
	 * Where the server listens, with the ports that the system chose.
	 * @return the addresses, none once it is closed
	 */
	public List<SocketAddress> addresses() {
		return isListening() ? this.listeners.addresses() : List.of();
	}

	/**
	 * The port of the first TCP address, kept after the close.
	 * @return the port, or -1 if the server has no TCP address
	 */
	public int port() {
		return this.listeners.port();
	}

	/**
	 * Returns the state of the server.
	 * @return the state at this moment
	 */
	public ServerState state() {
		return this.state;
	}

	/**
	 * Whether the server accepts connections.
	 * @return {@code false} before {@link #startServing()}, after {@link #close()}, and
	 * when a listener has failed
	 */
	public boolean isServing() {
		return this.state == ServerState.SERVING && this.listeners.areOpen();
	}

	/**
	 * Begins to accept; idempotent.
	 * @throws IllegalStateException if the server is closed
	 */
	public void startServing() {
		this.lock.lock();
		try {
			if (!isListening()) {
				throw closed();
			}
			if (this.state == ServerState.BOUND) {
				this.state = ServerState.SERVING;
				this.listeners.start();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Serves until {@link #close()} or {@link #stop} was called and the last connection
	 * is closed, so that a main program does not exit while clients are served. An
	 * interrupt stops the server, within its grace period.
	 * <p>
	 * asyncio counterpart: {@code Server.serve_forever}.
	 * @throws IllegalStateException if another thread is in here already, or the server
	 * is closed
	 * @throws InterruptedException after the stop that an interrupt brought about
	 */
	public void serveForever() throws InterruptedException {
		refuseOnEventLoop("serveForever", "start the server and return");
		if (!isListening()) {
			throw closed();
		}
		if (!this.serveForeverCalled.compareAndSet(false, true)) {
			throw new IllegalStateException("server '" + name() + "' is already being awaited on serveForever(): call"
					+ " waitClosed to wait for its end as well");
		}
		try {
			startServing();
			await(this.closed);
		}
		catch (InterruptedException ex) {
			stop(this.options.gracePeriod());
			throw ex;
		}
		finally {
			this.serveForeverCalled.set(false);
		}
	}

	/**
	 * Ends the listening; connections stay open. The addresses are free when this
	 * returns, but on an event loop, where it does not wait. Idempotent.
	 */
	@Override
	public void close() {
		CompletableFuture<?> closing = endListening();
		if (closing != null) {
			this.listeners.awaitClosing(closing);
		}
	}

	/**
	 * Asks the listeners to close, without waiting for them.
	 * @return completes when they are closed, or {@code null} if that was asked before
	 */
	private @Nullable CompletableFuture<?> endListening() {
		this.lock.lock();
		try {
			if (!isListening()) {
				return null;
			}
			this.state = ServerState.CLOSING;
		}
		finally {
			this.lock.unlock();
		}
		CompletableFuture<?> closing = this.listeners.close();
		closing.whenComplete((nothing, failure) -> {
			this.listeningEnded.complete(null);
			closedIfDone();
		});
		return closing;
	}

	/**
	 * Closes every connection, after what is queued on it was sent, and aborts those in
	 * the TLS handshake. Call close first.
	 */
	public void closeClients() {
		this.clients.abortHandshakes();
		connections().forEach((connection) -> connection.core().close(CloseReason.CLOSED));
	}

	/** Aborts every connection, in the TLS handshake as well. Call close first. */
	public void abortClients() {
		this.clients.abortHandshakes();
		connections().forEach(StreamConnection::abort);
	}

	/**
	 * Waits until the server is closed and its last connection gone, in whichever order.
	 * @throws InterruptedException if the thread is interrupted
	 * @throws IllegalStateException on an event loop
	 */
	public void waitClosed() throws InterruptedException {
		refuseOnEventLoop("waitClosed", "call waitClosedAsync");
		await(this.closed);
		// Bounded, because the caller may be a dependent of such a future.
		await(this.allTold.copy().completeOnTimeout(null, TOLD_MILLIS, TimeUnit.MILLISECONDS));
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
		this.clients.hold(true);
	}

	/** Accepts again after {@link #pauseAccepting()}. */
	public void resumeAccepting() {
		this.clients.hold(false);
	}

	/**
	 * Stops gracefully: ends the listening; gives handlers that wait for a quiet peer the
	 * end of their input at once, and all others {@code grace} to finish; then closes
	 * what is left, sending what is queued; then aborts. It takes at most {@code grace}
	 * and four seconds, from the call on, whatever the handlers do. Handlers that still
	 * run then are named in the log.
	 * @param grace how long handlers may take, 0 or more
	 * @return how it went
	 * @throws InterruptedException if the thread is interrupted; the connections that are
	 * left were aborted
	 * @throws IllegalStateException on an event loop
	 */
	public StopReport stop(Duration grace) throws InterruptedException {
		refuseOnEventLoop("stop", "call close, and closeClients or abortClients");
		endListening();
		StopReport report = new ServerStop(this, grace, this.listeningEnded.copy()).run();
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
		return new ServerSnapshot(name(), this.state, addresses(), isAcceptPaused(), this.clients.isHeld(),
				this.options.maxConnections(), this.clients.active(), this.clients.accepted(), this.clients.rejected());
	}

	/**
	 * The connections that are open now.
	 * @return a view that changes with them
	 */
	public Collection<StreamConnection> connections() {
		return this.clients.connections();
	}

	/**
	 * Finds a connection.
	 * @param id its id
	 * @return the connection, or {@code null}
	 */
	public @Nullable StreamConnection connection(String id) {
		return connections().stream().filter((connection) -> connection.id().equals(id)).findAny().orElse(null);
	}

	@Override
	public String toString() {
		return "StreamServer[name=" + name() + ", state=" + this.state + ", addresses=" + addresses() + ", connections="
				+ this.clients.active() + "]";
	}

	/** Ends the handshakes that go on: those clients have no handler to wait for. */
	void abortHandshakes() {
		this.clients.abortHandshakes();
	}

	/** Whether new connections still get a handler. */
	boolean isListening() {
		return this.state == ServerState.BOUND || this.state == ServerState.SERVING;
	}

	private boolean isAcceptPaused() {
		return this.clients.isHeld() || this.listeners.isAcceptingPaused();
	}

	/** There is room for one more connection: accepts from the backlog again. */
	void acceptMore() {
		this.listeners.resumeAccepting();
	}

	/** Called whenever a connection has gone. */
	void closedIfDone() {
		if (!this.listeningEnded.isDone() || this.clients.active() > 0) {
			return;
		}
		this.lock.lock();
		try {
			this.state = ServerState.CLOSED;
		}
		finally {
			this.lock.unlock();
		}
		if (this.closed.complete(null)) {
			this.allTold.complete(null);
		}
	}

	private IllegalStateException closed() {
		return new IllegalStateException("server '" + name() + "' is closed: start a new one");
	}

	private void refuseOnEventLoop(String method, String instead) {
		if (this.transports.inEventLoop()) {
			throw new IllegalStateException(
					method + " would block the event loop: " + instead + ", or call it on another thread");
		}
	}

	private static void await(CompletableFuture<?> future) throws InterruptedException {
		try {
			future.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

}
