package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.streams.socket.StreamSocket;
import io.streams.transport.Protocol;

/**
 * The read side of an open connection: reads off the socket and passes the bytes to the
 * protocol. Once the connection is being closed, {@link CloseSequence} reads. A
 * superclass of {@link SocketEvents}, so that a connection has one object for both. Event
 * loop only, except {@link #lastReceived()}.
 */
abstract class SocketInput {

	/** No thread waits for a new time to become visible: it is set without a fence. */
	private static final AtomicLongFieldUpdater<SocketInput> LAST_RECEIVED = AtomicLongFieldUpdater
		.newUpdater(SocketInput.class, "lastReceived");

	/** Written by the event loop, by {@link #LAST_RECEIVED}: when bytes last arrived. */
	private volatile long lastReceived;

	/** When the input was {@linkplain #isOver() over}. */
	private long endedAt;

	/** The peer ended its side. */
	private boolean ended;

	/** The protocol takes no more, though the peer may send some. */
	private boolean endedAbove;

	/** The protocol failed, and the connection may not be closed yet. */
	private boolean failed;

	SocketInput(long now) {
		this.lastReceived = now;
	}

	/** When bytes last arrived for the protocol. Any thread. */
	final long lastReceived() {
		return this.lastReceived;
	}

	/** Whether the peer has ended its side. */
	final boolean isEnded() {
		return this.ended;
	}

	/** Whether the peer has ended its side, or the protocol takes no more. */
	final boolean isOver() {
		return this.ended || this.endedAbove;
	}

	/** When the input was {@linkplain #isOver() over}, if it is. */
	final long endedAt() {
		return this.endedAt;
	}

	/** Notes that the peer has ended its side. */
	final void end(long now) {
		if (!isOver()) {
			this.endedAt = now;
		}
		this.ended = true;
	}

	/**
	 * Notes that the protocol takes no more: new bytes do not prove that it is active.
	 */
	final void endAbove(long now) {
		if (!isOver()) {
			this.endedAbove = true;
			this.endedAt = now;
		}
	}

	/**
	 * Reads once. Further bytes wait for the next iteration: until then the handler has
	 * run, and the bytes that it awaits reach it without a stay in the buffer.
	 * @param allowance the maximum number of bytes, 1 or more
	 * @return whether the system shows the peer's end of stream
	 * @throws IOException if the connection is broken
	 */
	final boolean receive(EventLoop loop, StreamSocket socket, Protocol protocol, int allowance) throws IOException {
		ByteBuffer buffer = loop.readBuffer().limit(allowance);
		int n = socket.read(buffer);
		if (n > 0) {
			if (!this.endedAbove) {
				LAST_RECEIVED.lazySet(this, loop.now());
			}
			protocol.dataReceived(buffer.flip());
		}
		return n < 0;
	}

	/**
	 * Notes that the protocol failed. Bytes are missing, so that nothing more may be
	 * read.
	 * @return the reason to close the connection with
	 */
	final IOException fail(Throwable failure) {
		this.failed = true;
		if (failure instanceof OutOfMemoryError) {
			MemoryReserve.release();
		}
		return new IOException("Fatal error: the protocol failed to take the data it received", failure);
	}

	/** Whether the protocol failed. */
	final boolean hasFailed() {
		return this.failed;
	}

}
