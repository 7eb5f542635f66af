package io.streams.loop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.streams.buffer.MemoryBudget;
import io.streams.socket.ListenSocket;
import io.streams.socket.PolledSocket;
import io.streams.socket.ReadyHandler;
import io.streams.socket.SocketErrorException;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;
import io.streams.transport.Acceptor;
import io.streams.transport.BindFailedException;
import io.streams.transport.BindFailedException.Reason;
import io.streams.transport.Protocol;
import io.streams.transport.ServerTransport;
import io.streams.transport.ServerTransportOptions;

import org.jspecify.annotations.Nullable;

/**
 * A listening socket, TCP or Unix. It belongs to one event loop, and deals the
 * connections that it accepts out to all.
 *
 * <pre>
 *   BOUND ──start──▶ ACCEPTING ◀──────▶ PAUSED (the acceptor said no)
 *     │                  ▲  ├─memory is scarce─▶ WAITING ──it is free──▶ ACCEPTING
 *     │                  │  │
 *     │                  │  └─failure─▶ BACKING_OFF (50 ms, doubling up to 1 s)
 *     │                  └─────────────────┘
 *     └──close, from every state──▶ CLOSED
 * </pre>
 */
final class SocketListener implements ServerTransport, ReadyHandler {

	/** Connections accepted in one turn at the most, so that others have theirs. */
	private static final int ACCEPTS_PER_TURN = 64;

	/** What an error names when there is no address. */
	private static final SocketAddress NOT_BOUND = InetSocketAddress.createUnresolved("socket without address", 0);

	private enum State {

		BOUND, ACCEPTING, PAUSED, WAITING, BACKING_OFF, CLOSED

	}

	private final EventLoop loop;

	private final LoopGroup group;

	private final ListenSocket socket;

	private final SocketAddress localAddress;

	private final @Nullable UnixSocketFile file;

	private final ServerTransportOptions options;

	private final Acceptor acceptor;

	private final CompletableFuture<Void> closed = new CompletableFuture<>();

	/** Written by the event loop. */
	private volatile State state = State.BOUND;

	/** Event loop only. */
	private final AcceptBackOff backOff;

	/** Made early: to load its class takes a descriptor. */
	private final TimerQueue.Action endOfBackOff = this::endBackOff;

	private SocketListener(LoopGroup group, ListenSocket socket, SocketAddress localAddress,
			@Nullable UnixSocketFile file, ServerTransportOptions options, Acceptor acceptor, EventLoop loop) {
		this.loop = loop;
		this.group = group;
		this.socket = socket;
		this.localAddress = localAddress;
		this.file = file;
		this.options = options;
		this.acceptor = acceptor;
		this.backOff = new AcceptBackOff(this.loop.now());
	}

	static SocketListener bind(SocketSystem sockets, SocketAddress address, ServerTransportOptions options,
			Acceptor acceptor, LoopGroup group) throws BindFailedException {
		if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
			throw new BindFailedException(address, Reason.UNKNOWN_HOST, "unknown host", null);
		}
		// Before anything is made that would have to be undone.
		EventLoop loop = group.next();
		ListenSocket socket = null;
		try {
			socket = sockets.openListener(address);
			if (address instanceof UnixDomainSocketAddress unix) {
				UnixSocketFile file = UnixSocketFile.bind(sockets, socket, unix, options);
				return new SocketListener(group, socket, address, file, options, acceptor, loop).registerWithGroup();
			}
			socket.bind(address, options);
			SocketAddress bound = Objects.requireNonNull(socket.localAddress());
			return new SocketListener(group, socket, bound, null, options, acceptor, loop).registerWithGroup();
		}
		catch (IOException | RuntimeException ex) {
			if (socket != null) {
				socket.close();
			}
			throw bindFailed(address, ex);
		}
	}

	/** Takes over a socket that is bound already. */
	static SocketListener adopt(ListenSocket socket, ServerTransportOptions options, Acceptor acceptor, LoopGroup group)
			throws BindFailedException {
		SocketAddress address = NOT_BOUND;
		try {
			EventLoop loop = group.next();
			SocketAddress bound = socket.localAddress();
			if (bound == null) {
				throw new BindFailedException(address, "the socket to take over is not bound: bind it first", null);
			}
			address = bound;
			socket.adopt();
			UnixSocketFile file = (bound instanceof UnixDomainSocketAddress unix)
					? UnixSocketFile.adopt(unix, options.cleanupSocket()) : null;
			return new SocketListener(group, socket, bound, file, options, acceptor, loop).registerWithGroup();
		}
		catch (IOException | RuntimeException ex) {
			socket.close();
			throw bindFailed(address, ex);
		}
	}

	private static BindFailedException bindFailed(SocketAddress address, Exception cause) {
		return (cause instanceof BindFailedException failed) ? failed
				: new BindFailedException(address, reason(cause), FailureText.of(cause, address), cause);
	}

	private static Reason reason(Exception cause) {
		if (cause instanceof AccessDeniedException) {
			return Reason.PERMISSION_DENIED;
		}
		return switch (SocketErrorException.errorOf(cause)) {
			case ADDRESS_IN_USE -> Reason.ADDRESS_IN_USE;
			case ADDRESS_NOT_AVAILABLE, FAMILY_NOT_SUPPORTED -> Reason.ADDRESS_NOT_AVAILABLE;
			case PERMISSION_DENIED -> Reason.PERMISSION_DENIED;
			default -> Reason.OTHER;
		};
	}

	/**
	 * Has the group close it at the end, for until it is started no loop knows of it.
	 * @throws IllegalStateException if the group was closed meanwhile
	 */
	private SocketListener registerWithGroup() {
		try {
			this.group.add(this);
			return this;
		}
		catch (IllegalStateException ex) {
			if (this.file != null) {
				this.file.delete();
			}
			throw ex;
		}
	}

	@Override
	public SocketAddress localAddress() {
		return this.localAddress;
	}

	@Override
	public void start() {
		this.loop.execute(() -> {
			if (this.state == State.BOUND) {
				register();
			}
		});
	}

	@Override
	public void resumeAccepting() {
		this.loop.execute(() -> {
			if (this.state == State.PAUSED) {
				accepting();
			}
		});
	}

	/** The threads of the handlers of connections that were accepted. Any thread. */
	Collection<Thread> handlerThreads() {
		return this.acceptor.handlerThreads();
	}

	/** Memory is free: clients need not wait any longer. Any thread. */
	void memoryIsFree() {
		if (this.state == State.WAITING) {
			this.loop.execute(() -> {
				if (this.state == State.WAITING) {
					accepting();
				}
			});
		}
	}

	@Override
	public boolean isAcceptingPaused() {
		return switch (this.state) {
			case PAUSED, WAITING, BACKING_OFF -> true;
			case BOUND, ACCEPTING, CLOSED -> false;
		};
	}

	@Override
	public boolean isOpen() {
		return this.state != State.CLOSED && this.socket.isOpen();
	}

	@Override
	public CompletableFuture<Void> close() {
		this.loop.execute(this::closeNow);
		return this.closed.copy();
	}

	@Override
	public void ready(int operations) {
		for (int i = 0; i < ACCEPTS_PER_TURN && this.state == State.ACCEPTING; i++) {
			if (MemoryBudget.isScarce()) {
				suspend(State.WAITING);
				return;
			}
			if (!this.acceptor.mayAccept()) {
				suspend(State.PAUSED);
				return;
			}
			if (!acceptOne()) {
				return;
			}
		}
	}

	@Override
	public void loopClosed() {
		closeNow();
	}

	@Override
	public void notWatched(IOException cause) {
		if (this.state == State.ACCEPTING) {
			backOff(cause);
		}
	}

	private void register() {
		try {
			this.socket.register(this.loop.poller(), PolledSocket.ACCEPT, this);
			this.state = State.ACCEPTING;
		}
		catch (IOException ex) {
			this.acceptor.acceptFailed(ex, Duration.ofNanos(this.backOff.pause()));
			closeNow();
		}
		catch (ClosedSelectorException ex) {
			// The loop ended first, and so did all that listens on it.
			closeNow();
		}
	}

	private boolean acceptOne() {
		StreamSocket accepted;
		try {
			accepted = this.socket.accept();
		}
		catch (ClosedChannelException ex) {
			return false;
		}
		catch (IOException ex) {
			backOff(ex);
			return false;
		}
		if (accepted == null) {
			return false;
		}
		this.backOff.succeeded();
		deal(accepted);
		return true;
	}

	/** Gives an accepted connection to a loop. */
	private void deal(StreamSocket accepted) {
		Protocol protocol = null;
		SocketAddress remote = null;
		try {
			accepted.configure(this.options.transport(), this.file != null);
			remote = accepted.remoteAddress();
			protocol = this.acceptor.accepted(remote);
			if (protocol == null) {
				accepted.close();
				return;
			}
			EventLoop target = this.group.next();
			SocketAddress local = (this.file != null) ? this.localAddress : accepted.localAddress();
			SocketTransport transport = new SocketTransport(target, accepted, local, this.options.transport(),
					protocol);
			target.execute(() -> open(transport, accepted));
		}
		catch (IOException | RuntimeException | Error ex) {
			accepted.close();
			if (protocol != null) {
				this.acceptor.setupFailed(remote, protocol, ex);
			}
			else {
				this.acceptor.acceptFailed((ex instanceof IOException io) ? io : new IOException(ex), Duration.ZERO);
			}
		}
	}

	private void open(SocketTransport transport, StreamSocket accepted) {
		try {
			transport.open(false);
		}
		catch (ClosedSelectorException ex) {
			accepted.close();
			this.acceptor.setupFailed(transport.info().remoteAddress(), transport.protocol(),
					new IOException("the transport factory was closed", ex));
		}
		catch (IOException | RuntimeException | Error ex) {
			accepted.close();
			this.acceptor.setupFailed(transport.info().remoteAddress(), transport.protocol(), ex);
		}
	}

	/**
	 * Pauses after a failed accept. The way back is planned before anything else is done,
	 * for with no descriptor left anything else may fail.
	 */
	private void backOff(IOException failure) {
		long pause = this.backOff.pause();
		this.loop.timers().schedule(this.loop.now() + pause, this.endOfBackOff);
		suspend(State.BACKING_OFF);
		this.backOff.failed();
		if (this.backOff.isReportDue(this.loop.now())) {
			this.acceptor.acceptFailed(failure, Duration.ofNanos(pause));
		}
	}

	private void endBackOff(long now) {
		if (this.state == State.BACKING_OFF) {
			accepting();
		}
	}

	private void suspend(State paused) {
		this.state = paused;
		this.socket.setInterest(0);
	}

	private void accepting() {
		this.state = State.ACCEPTING;
		this.socket.setInterest(PolledSocket.ACCEPT);
	}

	private void closeNow() {
		if (this.state == State.CLOSED) {
			return;
		}
		this.state = State.CLOSED;
		if (this.file != null) {
			// While it still listens: once it does not, the file looks stale, and what is
			// removed could be a successor's.
			this.file.delete();
		}
		this.socket.close();
		this.group.remove(this);
		// The address is free once the poller has let go of the socket, in the next turn.
		this.loop.execute(() -> this.closed.complete(null));
	}

}
