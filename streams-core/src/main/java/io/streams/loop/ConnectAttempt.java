package io.streams.loop;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.streams.socket.PolledSocket;
import io.streams.socket.ReadyHandler;
import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;
import io.streams.socket.SocketSystem;
import io.streams.socket.StreamSocket;
import io.streams.transport.ClientTransportOptions;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.Deadline;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect, up to the transport or the failure. It belongs to one event
 * loop.
 */
final class ConnectAttempt implements ReadyHandler {

	/** How often a Unix server with a full backlog is tried. */
	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final SocketSystem sockets;

	private final SocketAddress address;

	private final ClientTransportOptions options;

	private final Protocol protocol;

	private final EventLoop loop;

	private final long deadline;

	private final CompletableFuture<Transport> outcome = new CompletableFuture<>();

	/** Event loop only. */
	private @Nullable StreamSocket socket;

	/** Event loop only: the socket is watched. */
	private boolean registered;

	/** Event loop only. */
	private TimerQueue.@Nullable Timer timer;

	ConnectAttempt(SocketSystem sockets, SocketAddress address, ClientTransportOptions options, Protocol protocol,
			LoopGroup group) {
		this.sockets = sockets;
		this.address = address;
		this.options = options;
		this.protocol = protocol;
		this.loop = group.next();
		this.deadline = this.loop.nanoTime() + Deadline.nanos(options.timeout());
	}

	CompletableFuture<Transport> start() {
		if (this.address instanceof InetSocketAddress inet && inet.isUnresolved()) {
			return CompletableFuture.failedFuture(new ConnectFailedException(this.address, "unknown host", null));
		}
		this.outcome.whenComplete((transport, failure) -> {
			if (this.outcome.isCancelled()) {
				this.loop.execute(this::cancel);
			}
		});
		this.loop.execute(this::connect);
		return this.outcome;
	}

	@Override
	public void ready(int operations) {
		StreamSocket socket = this.socket;
		if (socket == null || this.outcome.isDone()) {
			return;
		}
		try {
			socket.finishConnect();
			connected(socket);
		}
		catch (IOException | RuntimeException | Error ex) {
			fail(FailureText.of(ex), ex);
		}
	}

	@Override
	public void loopClosed() {
		fail("the transport factory was closed", null);
	}

	@Override
	public void notWatched(IOException cause) {
		fail(FailureText.of(cause), cause);
	}

	private void connect() {
		this.loop.termination().removeWaiting(this);
		if (this.outcome.isDone()) {
			return;
		}
		if (this.loop.termination().isComplete()) {
			loopClosed();
			return;
		}
		try {
			boolean unix = this.address instanceof UnixDomainSocketAddress;
			StreamSocket socket = this.sockets.open(this.address);
			this.socket = socket;
			socket.configure(this.options.transport(), unix);
			bindLocally(socket);
			if (socket.connect(this.address)) {
				connected(socket);
				return;
			}
			socket.register(this.loop.poller(), PolledSocket.CONNECT, this);
			this.registered = true;
			this.timer = this.loop.timers().schedule(this.deadline, (now) -> timedOut());
		}
		catch (IOException | RuntimeException | Error ex) {
			if (isBacklogFull(ex)) {
				tryAgain();
				return;
			}
			fail(text(ex), ex);
		}
	}

	/** asyncio's words: the address that is wrong is not the one that is connected to. */
	private void bindLocally(StreamSocket socket) throws IOException {
		SocketAddress local = this.options.localAddress();
		if (local == null) {
			return;
		}
		try {
			socket.bind(local);
		}
		catch (IOException | RuntimeException ex) {
			throw new IOException(
					"error while attempting to bind on address " + local + ": " + FailureText.of(ex, local), ex);
		}
	}

	private void tryAgain() {
		cancel();
		long now = this.loop.nanoTime();
		if (this.deadline - now <= 0) {
			timedOut();
		}
		else {
			// Without a socket, the end of the loop would not find this attempt.
			this.loop.termination().addWaiting(this);
			this.timer = this.loop.timers().schedule(now + RETRY_NANOS, (time) -> connect());
		}
	}

	/** Returns the reason, and what to do about it. */
	private String text(Throwable failure) {
		if (this.address instanceof UnixDomainSocketAddress unix) {
			int bytes = unix.getPath().toString().getBytes(StandardCharsets.UTF_8).length;
			int max = this.sockets.maxUnixPathBytes();
			if (bytes > max) {
				return "Unix domain path too long: " + bytes + " bytes; give a path of at most " + max;
			}
		}
		return FailureText.of(failure, this.address);
	}

	/** A Unix socket with a full backlog says so at once, where TCP would keep trying. */
	private boolean isBacklogFull(Throwable ex) {
		return this.address instanceof UnixDomainSocketAddress
				&& SocketErrorException.errorOf(ex) == SocketError.TEMPORARILY_UNAVAILABLE;
	}

	private void connected(StreamSocket socket) throws IOException {
		refuseConnectionToItself(socket);
		cancelTimer();
		SocketTransport transport = new SocketTransport(this.loop, socket, socket.localAddress(),
				this.options.transport(), this.protocol);
		transport.open(this.registered);
		this.socket = null;
		if (!this.outcome.complete(transport)) {
			transport.abort();
		}
	}

	/**
	 * Refuses a socket that is its own peer. When no server listens at a local port and
	 * the system chooses just that port for the client, TCP connects the socket to itself
	 * (RFC 9293, section 3.5, simultaneous open). A wildcard address means the loopback
	 * interface.
	 */
	private static void refuseConnectionToItself(StreamSocket socket) throws IOException {
		if (socket.localAddress() instanceof InetSocketAddress local
				&& socket.remoteAddress() instanceof InetSocketAddress remote && local.getPort() == remote.getPort()
				&& (local.getAddress().equals(remote.getAddress()) || remote.getAddress().isAnyLocalAddress())) {
			socket.resetOnClose();
			throw new ConnectException("Connection refused: no server listens there, and the socket was connected to"
					+ " itself; start the server first, or give it a port outside the system's ephemeral range");
		}
	}

	private void timedOut() {
		fail("no answer within " + this.options.timeout().toMillis() + " ms (connect timeout)", null);
	}

	private void fail(String reason, @Nullable Throwable cause) {
		cancel();
		this.outcome.completeExceptionally(new ConnectFailedException(this.address, reason, cause));
	}

	private void cancel() {
		cancelTimer();
		this.loop.termination().removeWaiting(this);
		if (this.socket != null) {
			// The peer may have accepted it already, and must not take it for an empty
			// stream that came to its end.
			this.socket.resetOnClose();
			this.socket.close();
			this.socket = null;
			this.registered = false;
		}
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
		}
	}

}
