package io.streams.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.streams.transport.ConnectFailedException;
import io.streams.transport.ConnectSettings;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;

import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect, up to the transport or the failure. It belongs to one event
 * loop.
 */
final class ConnectAttempt implements SelectionHandler {

	/** How often a Unix server with a full backlog is tried. */
	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final SocketAddress address;

	private final ConnectSettings settings;

	private final Protocol protocol;

	private final LoopGroup group;

	private final EventLoop loop;

	private final long deadline;

	private final CompletableFuture<Transport> outcome = new CompletableFuture<>();

	/** Event loop only. */
	private @Nullable SocketChannel channel;

	/** Event loop only. */
	private @Nullable SelectionKey key;

	/** Event loop only. */
	private TimerQueue.@Nullable Timer timer;

	ConnectAttempt(SocketAddress address, ConnectSettings settings, Protocol protocol, LoopGroup group) {
		this.address = address;
		this.settings = settings;
		this.protocol = protocol;
		this.group = group;
		this.loop = group.next();
		this.deadline = System.nanoTime() + settings.timeout().toNanos();
	}

	CompletableFuture<Transport> start() {
		if (this.address instanceof InetSocketAddress inet && inet.isUnresolved()) {
			return CompletableFuture.failedFuture(new ConnectFailedException(this.address, "unknown host", null));
		}
		this.outcome.whenComplete((transport, failure) -> {
			if (this.outcome.isCancelled()) {
				this.loop.execute(this::giveUp);
			}
		});
		this.loop.execute(this::connect);
		return this.outcome;
	}

	@Override
	public void ready(int operations) {
		SocketChannel channel = this.channel;
		if (channel == null || this.outcome.isDone()) {
			return;
		}
		try {
			channel.finishConnect();
			connected(channel);
		}
		catch (IOException | RuntimeException ex) {
			fail(String.valueOf(ex.getMessage()), ex);
		}
	}

	@Override
	public void loopClosed() {
		fail("the transport factory was closed", null);
	}

	private void connect() {
		if (this.outcome.isDone()) {
			return;
		}
		try {
			boolean unix = this.address instanceof UnixDomainSocketAddress;
			SocketChannel channel = SocketChannel.open(SocketChannels.family(this.address));
			this.channel = channel;
			SocketChannels.configure(channel, this.settings.transport(), unix);
			bindLocally(channel);
			if (channel.connect(this.address)) {
				connected(channel);
				return;
			}
			this.key = this.loop.register(channel, SelectionKey.OP_CONNECT, this);
			this.timer = this.loop.timers().schedule(this.deadline, (now) -> timedOut());
		}
		catch (IOException | RuntimeException ex) {
			if (isBacklogFull(ex)) {
				tryAgain();
				return;
			}
			fail(String.valueOf(ex.getMessage()), ex);
		}
	}

	/** asyncio's words: the address that is wrong is not the one that is connected to. */
	private void bindLocally(SocketChannel channel) throws IOException {
		SocketAddress local = this.settings.localAddress();
		if (local == null) {
			return;
		}
		try {
			channel.bind(local);
		}
		catch (IOException ex) {
			throw new IOException("error while attempting to bind on address " + local + ": " + ex.getMessage(), ex);
		}
	}

	private void tryAgain() {
		giveUp();
		long now = System.nanoTime();
		if (this.deadline - now <= 0) {
			timedOut();
		}
		else {
			this.timer = this.loop.timers().schedule(now + RETRY_NANOS, (time) -> connect());
		}
	}

	/** A Unix socket with a full backlog says so at once, where TCP would keep trying. */
	private boolean isBacklogFull(Exception ex) {
		return this.address instanceof UnixDomainSocketAddress
				&& String.valueOf(ex.getMessage()).contains("temporarily unavailable");
	}

	private void connected(SocketChannel channel) throws IOException {
		cancelTimer();
		TransportInfo info = SocketChannels.info(channel, channel.getLocalAddress());
		SocketTransport transport = new SocketTransport(this.loop, this.group, channel, info, this.settings.transport(),
				this.protocol);
		transport.open(this.key);
		this.channel = null;
		if (!this.outcome.complete(transport)) {
			transport.abort();
		}
	}

	private void timedOut() {
		fail("no answer within " + this.settings.timeout().toMillis() + " ms (connect timeout)", null);
	}

	private void fail(String reason, @Nullable Throwable cause) {
		giveUp();
		this.outcome.completeExceptionally(new ConnectFailedException(this.address, reason, cause));
	}

	private void giveUp() {
		cancelTimer();
		if (this.channel != null) {
			SocketChannels.closeQuietly(this.channel);
			this.channel = null;
		}
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
		}
	}

}
