package io.streams.loop;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

import io.streams.socket.Poller;
import io.streams.socket.ReadyHandler;
import io.streams.socket.StreamSocket;
import io.streams.transport.SocketOptionAccess;
import io.streams.transport.TransportOptions;

import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/** Takes as many bytes as there is room for. */
final class SlowSocket implements StreamSocket {

	final AtomicInteger room = new AtomicInteger();

	final StringBuilder taken = new StringBuilder();

	/** The most bytes that one write offered. */
	int mostOffered;

	boolean closed;

	/** Whether the peer learns of the close by a reset. */
	boolean reset;

	boolean touchedAfterClose;

	@Override
	public int write(ByteBuffer data) {
		this.touchedAfterClose |= this.closed;
		this.mostOffered = Math.max(this.mostOffered, data.remaining());
		int n = Math.min(data.remaining(), this.room.get());
		for (int i = 0; i < n; i++) {
			this.taken.append(data.get());
		}
		this.room.addAndGet(-n);
		return n;
	}

	@Override
	public long write(ByteBuffer[] data) {
		long n = 0;
		for (ByteBuffer buffer : data) {
			n += write(buffer);
		}
		return n;
	}

	@Override
	public int read(ByteBuffer target) {
		return 0;
	}

	@Override
	public void shutdownOutput() {
		this.touchedAfterClose |= this.closed;
	}

	@Override
	public void configure(TransportOptions options, boolean unix) {
	}

	@Override
	public void bind(SocketAddress local) {
	}

	@Override
	public boolean connect(SocketAddress remote) {
		return true;
	}

	@Override
	public void finishConnect() {
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return null;
	}

	@Override
	public @Nullable SocketAddress remoteAddress() {
		return null;
	}

	@Override
	public SocketOptionAccess options() {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable UnixDomainPrincipal peer() {
		return null;
	}

	@Override
	public void resetOnClose() {
		this.reset = true;
	}

	@Override
	public void register(Poller poller, int interest, ReadyHandler handler) {
	}

	@Override
	public void setInterest(int interest) {
	}

	@Override
	public ReadyHandler handler() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void setHandler(ReadyHandler handler) {
	}

	@Override
	public int readyOperations() {
		return 0;
	}

	@Override
	public boolean isOpen() {
		return true;
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
