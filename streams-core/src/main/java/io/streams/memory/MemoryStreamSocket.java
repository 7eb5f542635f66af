package io.streams.memory;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;

import io.streams.socket.ReadyHandler;
import io.streams.socket.SocketError;
import io.streams.socket.SocketErrorException;
import io.streams.socket.StreamSocket;
import io.streams.transport.TransportOptions;
import io.streams.transport.SocketOptionAccess;

import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in memory. It takes bytes only while its peer reads: what a
 * peer does not want stays in the write buffer, where it is counted.
 */
final class MemoryStreamSocket extends MemorySocket implements StreamSocket {

	private final MemorySockets network;

	/** Written before the end is connected. */
	private volatile @Nullable MemoryAddress local;

	/** Written before the end is connected. */
	private volatile @Nullable MemoryAddress remote;

	/** Set once, when the end is connected. */
	private volatile @Nullable Link link;

	/** Event loop only: the listener that was asked to connect. */
	private @Nullable MemoryListenSocket listener;

	/** Written by the event loop: whether the end of an attempt is still to be seen. */
	private volatile boolean connecting;

	/** Set by the listener that does not want it. */
	private volatile boolean refused;

	/** Under the lock of the transport: whether the close is a reset. */
	private volatile boolean resetsOnClose;

	/** Whether the peer found this end paused, and waits for a call. */
	private volatile boolean peerAwaitsRoom;

	MemoryStreamSocket(MemorySockets network) {
		this.network = network;
	}

	/** Connects two ends. */
	static void connect(MemoryStreamSocket one, MemoryStreamSocket other, MemoryPipe there, MemoryPipe back) {
		other.link = new Link(there, back, one);
		one.link = new Link(back, there, other);
	}

	@Override
	public void configure(TransportOptions settings, boolean unix) {
		// Options of the system have no effect.
	}

	@Override
	public void bind(SocketAddress local) {
		this.local = (MemoryAddress) local;
	}

	/** Gives an end that is connected its addresses. */
	void name(MemoryAddress local, MemoryAddress remote) {
		this.local = local;
		this.remote = remote;
	}

	/** Gives this end the addresses of its client, the other way round. */
	void nameAfterPeer(MemoryStreamSocket client) {
		this.local = client.remote;
		this.remote = client.local;
	}

	@Override
	public boolean connect(SocketAddress remote) throws IOException {
		MemoryAddress address = (MemoryAddress) remote;
		name(this.network.clientAddress(this.local), address);
		MemoryListenSocket listener = this.network.listener(address);
		if (listener == null) {
			throw refusal();
		}
		this.listener = listener;
		this.connecting = true;
		this.connecting = !listener.offer(this);
		return !this.connecting;
	}

	@Override
	public void finishConnect() throws IOException {
		this.connecting = false;
		if (this.refused) {
			throw refusal();
		}
	}

	private IOException refusal() {
		return this.network.isClosed() ? new IOException("the transport factory was closed")
				: new SocketErrorException(SocketError.CONNECTION_REFUSED, "Connection refused", null);
	}

	/** The listener has closed. Any thread. */
	void refuse() {
		this.refused = true;
		changed();
	}

	@Override
	public void adopt() {
		// It is fit for a loop from the start.
	}

	@Override
	int ready() {
		Link link = this.link;
		if (link == null) {
			return this.refused ? CONNECT : 0;
		}
		// To be told of nothing but an error, a loop asks for the end of an attempt.
		int ready = (this.connecting || link.incoming().isBroken()) ? CONNECT : 0;
		if (link.incoming().isReadable()) {
			ready |= READ;
		}
		if (mayWrite(link)) {
			ready |= WRITE;
		}
		return ready;
	}

	@Override
	long readyAt() {
		Link link = this.link;
		return (link != null && isWatchedFor(READ)) ? link.incoming().readableAt() : Long.MAX_VALUE;
	}

	private static boolean mayWrite(Link link) {
		return link.outgoing().isBroken() || (link.peer().isReading() && link.outgoing().isWritable());
	}

	/** Whether it takes what comes. Any thread. */
	private boolean isReading() {
		if (this.network.buffersForReaders()) {
			return true;
		}
		ReadyHandler handler = handlerIfAny();
		return isWatchedFor(READ) && handler != null && !handler.isReadingPaused();
	}

	@Override
	void interestChanged() {
		tellPeerOfRoom();
	}

	/** The peer may have found this end paused, and no change of interest follows. */
	@Override
	boolean polled() {
		if (!this.peerAwaitsRoom) {
			return false;
		}
		if (isReading()) {
			this.peerAwaitsRoom = false;
			tellPeerOfRoom();
		}
		return this.peerAwaitsRoom && isWatchedFor(READ);
	}

	private void tellPeerOfRoom() {
		Link link = this.link;
		if (link != null && isWatchedFor(READ)) {
			link.peer().changed();
		}
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		Link link = link();
		int n = link.incoming().read(target);
		if (n > 0) {
			link.peer().changed();
		}
		return n;
	}

	@Override
	public int write(ByteBuffer data) throws IOException {
		Link link = link();
		MemoryStreamSocket peer = link.peer();
		if (!peer.isReading() && !link.outgoing().isBroken()) {
			peer.peerAwaitsRoom = true;
			peer.requestPoll();
			return 0;
		}
		int n = link.outgoing().write(data);
		if (link.outgoing().isCut()) {
			cut(link);
		}
		peer.changed();
		return n;
	}

	@Override
	public long write(ByteBuffer[] data) throws IOException {
		long total = 0;
		for (ByteBuffer buffer : data) {
			total += write(buffer);
			if (buffer.hasRemaining()) {
				break;
			}
		}
		return total;
	}

	/** The fault plan resets the connection; what was written before arrives. */
	private void cut(Link link) {
		link.outgoing().reset();
		link.incoming().reset();
		changed();
	}

	@Override
	public long unacknowledged() {
		return link().outgoing().size();
	}

	@Override
	public void shutdownOutput() throws IOException {
		Link link = link();
		link.outgoing().end();
		link.peer().changed();
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return this.local;
	}

	@Override
	public @Nullable SocketAddress remoteAddress() {
		return this.remote;
	}

	@Override
	public @Nullable SocketOptionAccess options() {
		return null;
	}

	@Override
	public @Nullable UnixDomainPrincipal peer() {
		return null;
	}

	@Override
	public void resetOnClose() {
		this.resetsOnClose = true;
	}

	@Override
	void release() {
		this.network.socketClosed();
		Link link = this.link;
		if (link == null) {
			if (this.listener != null) {
				this.listener.withdraw(this);
			}
			return;
		}
		boolean unread = link.incoming().close();
		if (this.resetsOnClose || unread) {
			link.outgoing().reset();
			if (this.listener != null) {
				this.listener.discard(link.peer());
			}
		}
		else {
			link.outgoing().end();
		}
		link.peer().changed();
	}

	private Link link() {
		return Objects.requireNonNull(this.link, "the socket is not connected");
	}

	/**
	 * The parts of a connected end.
	 *
	 * @param incoming what it reads
	 * @param outgoing what it writes
	 * @param peer the other end
	 */
	private record Link(MemoryPipe incoming, MemoryPipe outgoing, MemoryStreamSocket peer) {
	}

}
