package io.streams.loop;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.socket.StreamSocket;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * A connected socket, TCP or Unix: the side for all threads.
 * <p>
 * The connection belongs to one event loop, which alone reads, closes, keeps the
 * deadlines and calls the protocol ({@link SocketEvents}). Other threads write through
 * {@link SocketOutput}, and ask for everything else by a change of a guarded field and an
 * {@link IterationRequest}. {@link CloseSequence} ends the connection.
 *
 * <pre>
 *   SocketTransport ──▶ SocketOutput   its lock guards the queue and the state
 *         │ ▲
 *         ▼ │
 *     SocketEvents ──▶ SocketDeadlines  with the first deadline
 *         └──────────▶ CloseSequence    with the first close, abort or failure
 * </pre>
 *
 * @see TransportState
 */
final class SocketTransport extends IterationRequest implements Transport {

	private final StreamSocket socket;

	/**
	 * Made at once for a Unix socket; for others when it is first asked for, as most
	 * connections are never asked. Any thread may make it, two at once an equal one: its
	 * fields are final, and so seen by all.
	 */
	private @Nullable TransportInfo info;

	private final TransportOptions settings;

	/** Its lock guards the state. Any thread. */
	private final SocketOutput output;

	/** Event loop only. */
	private final SocketEvents events;

	/**
	 * Written with the output's lock held; {@code null} as long as the connection is
	 * open.
	 */
	private volatile @Nullable CloseSequence closing;

	/** Event loop only, but for its first value. */
	private volatile Protocol protocol;

	/** Written by any thread; the loop has the socket watched accordingly. */
	private volatile boolean readingPaused;

	/**
	 * Create a transport that is yet to be opened.
	 * @param local the own address; that of a Unix socket as it was asked for, by which
	 * the socket itself may not know it
	 */
	SocketTransport(EventLoop loop, StreamSocket socket, @Nullable SocketAddress local, TransportOptions settings,
			Protocol protocol) {
		super(loop);
		this.socket = socket;
		this.info = SocketInfo.ofUnix(socket, local);
		this.settings = settings;
		this.protocol = protocol;
		long now = loop.nanoTime();
		this.output = new SocketOutput(this, settings, now);
		this.events = new SocketEvents(this, now);
	}

	/** Takes a connected socket over. Event loop only. */
	static SocketTransport adopt(StreamSocket socket, EventLoop loop, TransportOptions settings, Protocol protocol)
			throws IOException {
		socket.adopt();
		SocketAddress local = socket.localAddress();
		SocketAddress remote = socket.remoteAddress();
		boolean unix = local instanceof UnixDomainSocketAddress || remote instanceof UnixDomainSocketAddress
				|| (local == null && remote == null);
		socket.configure(settings, unix);
		SocketTransport transport = new SocketTransport(loop, socket, local, settings, protocol);
		transport.open(false);
		return transport;
	}

	/**
	 * Begins to read. Event loop only.
	 * @param registered whether the socket is watched already, as one that was connected
	 * @throws IOException if the socket cannot be watched
	 */
	void open(boolean registered) throws IOException {
		this.events.open(registered);
	}

	@Override
	public TransportInfo info() {
		TransportInfo info = this.info;
		if (info == null) {
			info = SocketInfo.of(this.socket);
			this.info = info;
		}
		return info;
	}

	@Override
	public TransportState state() {
		CloseSequence closing = this.closing;
		return (closing != null) ? closing.state() : TransportState.OPEN;
	}

	@Override
	public void lookForInput() {
		this.events.pollInput();
	}

	@Override
	public void lookForRoom() {
		this.events.retryWrite();
	}

	@Override
	public void startHalfClosedTimeout() {
		this.events.startHalfClosedTimeout();
	}

	@Override
	public void write(byte[] data, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, data.length);
		this.output.write(data, offset, length);
	}

	@Override
	public void write(ByteBuffer data) {
		this.output.write(data);
	}

	@Override
	public void writeLines(List<byte[]> pieces) {
		this.output.write(pieces);
	}

	@Override
	public void flush() {
		this.output.flush();
	}

	@Override
	public boolean canWriteEof() {
		return true;
	}

	@Override
	public void writeEof() {
		this.output.writeEof();
	}

	@Override
	public void pauseReading() {
		this.readingPaused = true;
		requestIteration();
	}

	@Override
	public void resumeReading() {
		this.readingPaused = false;
		requestIteration();
	}

	@Override
	public boolean isReading() {
		return this.closing == null && !this.readingPaused;
	}

	@Override
	public long writeBufferSize() {
		return this.output.queuedBytes();
	}

	@Override
	public WaterMarks writeBufferLimits() {
		return this.output.limits();
	}

	@Override
	public void setWriteBufferLimits(WaterMarks marks) {
		this.output.setLimits(marks);
	}

	@Override
	public long maxWriteBuffer() {
		return this.settings.maxWriteBuffer();
	}

	@Override
	public PauseTimes writePauseTimes() {
		return this.output.pauseTimes();
	}

	@Override
	public long idleNanos() {
		return Math.max(0, loop().nanoTime() - lastActivity());
	}

	@Override
	public Protocol protocol() {
		return this.protocol;
	}

	@Override
	public void setProtocol(Protocol protocol) {
		this.protocol = protocol;
	}

	@Override
	public void close() {
		this.output.lock().lock();
		try {
			if (this.closing == null) {
				startClosing();
				requestIteration();
			}
		}
		finally {
			this.output.lock().unlock();
		}
	}

	@Override
	public void abort(@Nullable IOException cause) {
		this.output.lock().lock();
		try {
			if (startClosing().abort(cause)) {
				requestIteration();
			}
		}
		finally {
			this.output.lock().unlock();
		}
	}

	@Override
	public String toString() {
		TransportInfo info = info();
		return "SocketTransport[" + info.localAddress() + " <- " + info.remoteAddress() + ", " + state() + "]";
	}

	StreamSocket socket() {
		return this.socket;
	}

	SocketOutput output() {
		return this.output;
	}

	/** Event loop only. */
	SocketEvents events() {
		return this.events;
	}

	TransportOptions settings() {
		return this.settings;
	}

	/** Returns the close sequence, or {@code null} as long as the connection is open. */
	@Nullable CloseSequence closing() {
		return this.closing;
	}

	boolean isReadingPaused() {
		return this.readingPaused;
	}

	/**
	 * Whether an abort waits for the event loop. Waits for a thread that writes at this
	 * moment: its write may have taken the error of a reset, after which the system shows
	 * the reset as an end of stream.
	 */
	boolean isAborted() {
		this.output.lock().lock();
		try {
			CloseSequence closing = this.closing;
			return closing != null && closing.isAborted();
		}
		finally {
			this.output.lock().unlock();
		}
	}

	/** When bytes moved last, in either direction. */
	long lastActivity() {
		long received = this.events.lastReceived();
		long sent = this.output.lastSent();
		return (received - sent > 0) ? received : sent;
	}

	/** Whether written bytes are queued. Call with the output's lock held. */
	boolean acceptsWrites() {
		CloseSequence closing = this.closing;
		return closing == null || closing.acceptsWrites();
	}

	/**
	 * Returns the close sequence, which this call starts if there is none. Any thread.
	 */
	CloseSequence startClosing() {
		this.output.lock().lock();
		try {
			CloseSequence closing = this.closing;
			if (closing == null) {
				closing = newCloseSequence();
				this.closing = closing;
			}
			return closing;
		}
		finally {
			this.output.lock().unlock();
		}
	}

	/** A close gives memory back: the reserve is there for it. */
	private CloseSequence newCloseSequence() {
		try {
			return new CloseSequence(this, this.settings);
		}
		catch (OutOfMemoryError ex) {
			MemoryReserve.release();
			return new CloseSequence(this, this.settings);
		}
	}

	@Override
	boolean runIteration() {
		if (!takeRequest() && !this.output.isUnsent()) {
			// The handler has sent what it wrote.
			return false;
		}
		return this.events.runIteration();
	}

}
