package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.streams.tls.TlsOptions;
import io.streams.tls.TlsTransport;
import io.streams.transport.Acceptor;
import io.streams.transport.Protocol;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of a server: who is let in, who is here, and who was turned away. A client
 * is counted from its accept until its connection is gone, in the TLS handshake already.
 * Shared by the server's listeners; safe for use by any thread.
 */
final class ConnectionAdmission implements Acceptor, ConnectionContext {

	private static final Logger logger = LoggerFactory.getLogger(StreamServer.class);

	/** Loaded early: it is needed when there is no descriptor left to load it with. */
	private static final RejectReason ACCEPT_FAILED = RejectReason.ACCEPT_FAILED;

	private final StreamServer server;

	/** Reports of clients whose set-up failed: one a second. */
	private final RateLimit setupFailures = new RateLimit(1);

	/** Reports of failed handshakes: one a second. */
	private final RateLimit failedHandshakes = new RateLimit(1);

	/** Reports of clients that got no handler thread: one a second. */
	private final RateLimit refusals = new RateLimit(1);

	private final ServerOptions options;

	private final StreamListener listener;

	private final HandlerStarter handlers;

	/**
	 * Connections accepted and not yet gone; those on their way to their loop included.
	 */
	private final AtomicInteger active = new AtomicInteger();

	/** Connections in the TLS handshake; they are in {@link #active} as well. */
	private final HandshakeSlots handshakes;

	private final Set<StreamConnection> connections = ConcurrentHashMap.newKeySet();

	private final AddressCounts addressCounts;

	private final LongAdder accepted = new LongAdder();

	private final LongAdder rejected = new LongAdder();

	/** An operator wants no more clients for now. */
	private volatile boolean held;

	/** Whether listeners were told to wait. */
	private final AtomicBoolean paused = new AtomicBoolean();

	ConnectionAdmission(StreamServer server, ServerOptions options, HandlerStarter handlers) {
		this.server = server;
		this.options = options;
		this.handshakes = new HandshakeSlots(options.maxHandshakes());
		this.handlers = handlers;
		this.listener = SafeListener.of(options.listener());
		this.addressCounts = new AddressCounts(options.maxConnectionsPerAddress());
	}

	int active() {
		return this.active.get();
	}

	long accepted() {
		return this.accepted.sum();
	}

	long rejected() {
		return this.rejected.sum();
	}

	/** Those that have a handler; a view that changes with them. */
	Collection<StreamConnection> connections() {
		return Collections.unmodifiableCollection(this.connections);
	}

	boolean isHeld() {
		return this.held;
	}

	/** Lets nobody in, or lets them in again. */
	void hold(boolean held) {
		this.held = held;
		if (!held) {
			acceptMore();
		}
	}

	void abortHandshakes() {
		this.handshakes.abortAll();
	}

	@Override
	public boolean mayAccept() {
		if (hasRoom()) {
			return true;
		}
		if (this.paused.compareAndSet(false, true)) {
			this.listener.acceptPaused(this.server);
		}
		this.handshakes.makeRoom();
		// A connection may have gone between the question and the note of its answer.
		acceptMore();
		return hasRoom();
	}

	@Override
	public Collection<Thread> handlerThreads() {
		List<Thread> threads = new ArrayList<>();
		for (StreamConnection connection : this.connections) {
			Thread thread = connection.handlerThread();
			if (thread != null) {
				threads.add(thread);
			}
		}
		return threads;
	}

	@Override
	public @Nullable Protocol accepted(@Nullable SocketAddress remoteAddress) {
		if (!this.addressCounts.tryAdd(remoteAddress)) {
			reject(RejectReason.ADDRESS_LIMIT);
			return null;
		}
		this.active.incrementAndGet();
		try {
			return protocol(remoteAddress);
		}
		catch (RuntimeException | Error ex) {
			setupFailed(remoteAddress, null, ex);
			return null;
		}
	}

	@Override
	public void acceptFailed(IOException cause, Duration pause) {
		reject(ACCEPT_FAILED);
		if (pause.isZero()) {
			logger.debug("Server '{}' lost a client between its connect and the accept: {}", this.server.name(),
					cause.getMessage());
			return;
		}
		logger.warn("Server '{}' could not accept a connection and pauses for {} ms: {}", this.server.name(),
				pause.toMillis(), cause.getMessage());
		this.listener.failed(null, "accept", cause);
	}

	@Override
	public void setupFailed(@Nullable SocketAddress remoteAddress, @Nullable Protocol protocol, Throwable cause) {
		if (protocol instanceof TlsTransport secured) {
			this.handshakes.remove(secured);
		}
		reject(RejectReason.SETUP_FAILED);
		reportSetupFailure(cause);
		this.listener.failed(null, "set-up of an accepted connection", cause);
		forget(remoteAddress);
	}

	private void reportSetupFailure(Throwable cause) {
		long suppressed = this.setupFailures.tryAcquire(System.nanoTime());
		if (suppressed < 0) {
			return;
		}
		String more = RateLimit.leftOut(suppressed);
		if (cause instanceof IOException) {
			// What a peer can bring about gets one line, not a stack trace.
			logger.warn("Server '{}' could not set up an accepted connection: {}{}", this.server.name(),
					PeerText.printable(cause), more);
		}
		else {
			PrintableThrowable.log(cause, (printable) -> logger
				.warn("Server '{}' could not set up an accepted connection{}", this.server.name(), more, printable));
		}
	}

	private Protocol protocol(@Nullable SocketAddress remoteAddress) {
		StreamReaderProtocol protocol = new StreamReaderProtocol(this, this.options.newReader());
		TlsOptions tls = this.options.tls();
		if (tls == null) {
			return protocol;
		}
		Handshake handshake = new Handshake(remoteAddress);
		TlsTransport secured = TlsTransport.server(tls, protocol, handshake);
		handshake.begin(secured);
		if (!this.server.isListening()) {
			// The server was closed meanwhile, and may have aborted the others already.
			HandshakeSlots.abort(secured);
		}
		return secured;
	}

	@Override
	public String serverName() {
		return this.server.name();
	}

	@Override
	public StreamListener listener() {
		return this.listener;
	}

	@Override
	public SlowConsumerPolicy slowConsumers() {
		return this.options.slowConsumers();
	}

	@Override
	public Duration quietPeriod() {
		return this.options.quietPeriod();
	}

	@Override
	public void opened(StreamConnection connection) {
		this.connections.add(connection);
		try {
			handle(connection);
		}
		catch (RuntimeException | Error ex) {
			// The transport says so by setupFailed, and never again.
			this.connections.remove(connection);
			throw ex;
		}
	}

	private void handle(StreamConnection connection) {
		if (!this.server.isListening()) {
			// It was accepted while the server was being closed.
			reject(RejectReason.STOPPING);
			connection.core().close(CloseReason.SERVER_STOPPED);
			return;
		}
		if (!this.handlers.tryReserve()) {
			refuse(connection);
			return;
		}
		this.accepted.increment();
		this.handlers.start(connection);
	}

	/** Turns a client away, because all handler threads are busy. */
	private void refuse(StreamConnection connection) {
		reject(RejectReason.HANDLER_LIMIT);
		long suppressed = this.refusals.tryAcquire(System.nanoTime());
		if (suppressed >= 0) {
			logger.warn(
					"Server '{}' turned {} away: its handlers run on all {} platform threads that they may have"
							+ " (maxHandlerThreads){}",
					this.server.name(), PeerText.printable(connection.remoteAddress()),
					this.options.maxHandlerThreads(), RateLimit.leftOut(suppressed));
		}
		connection.core().close(CloseReason.HANDLER_LIMIT);
	}

	private void reject(RejectReason reason) {
		this.rejected.increment();
		this.listener.rejected(this.server, reason);
	}

	@Override
	public void gone(StreamConnection connection) {
		this.connections.remove(connection);
		// If addresses are not counted, nothing has to be put together to tell this one.
		forget(this.addressCounts.isBounded() ? connection.remoteAddress() : null);
	}

	private void forget(@Nullable SocketAddress remoteAddress) {
		this.addressCounts.remove(remoteAddress);
		this.active.decrementAndGet();
		acceptMore();
		this.server.closedIfDone();
	}

	/** There may be room for one more: whoever waits in the backlog may come. */
	private void acceptMore() {
		if (hasRoom() && this.paused.compareAndSet(true, false)) {
			this.server.acceptMore();
			this.listener.acceptResumed(this.server);
		}
	}

	private boolean hasRoom() {
		return !this.held && this.active.get() < this.options.maxConnections() && this.handshakes.hasRoom();
	}

	/**
	 * Lists a handshake that has begun, and takes its connection off the count if that is
	 * gone before the peers have agreed.
	 */
	private final class Handshake extends HandshakeReport {

		private final @Nullable SocketAddress remoteAddress;

		/** Set before the first event. */
		private @Nullable TlsTransport transport;

		Handshake(@Nullable SocketAddress remoteAddress) {
			super(ConnectionAdmission.this.server, ConnectionAdmission.this.listener);
			this.remoteAddress = remoteAddress;
		}

		void begin(TlsTransport transport) {
			this.transport = transport;
			ConnectionAdmission.this.handshakes.add(transport);
		}

		@Override
		public void handshakeSucceeded(Duration time) {
			end();
			acceptMore();
			super.handshakeSucceeded(time);
		}

		@Override
		public void handshakeFailed(Duration time, IOException cause) {
			reject(RejectReason.TLS_HANDSHAKE);
			report(cause);
			super.handshakeFailed(time, cause);
		}

		@Override
		public void connectionGone() {
			end();
			forget(this.remoteAddress);
		}

		private void report(IOException cause) {
			long suppressed = ConnectionAdmission.this.failedHandshakes.tryAcquire(System.nanoTime());
			if (suppressed >= 0) {
				logger.info("Server '{}' turned {} away in the TLS handshake: {}{}", serverName(),
						PeerText.printable(this.remoteAddress), HandshakeFailureText.of(cause),
						RateLimit.leftOut(suppressed));
			}
		}

		private void end() {
			if (this.transport != null) {
				ConnectionAdmission.this.handshakes.remove(this.transport);
			}
		}

	}

}
