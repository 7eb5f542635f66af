package io.streams.loop;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.socket.PolledSocket;
import io.streams.socket.ReadyHandler;
import io.streams.socket.StreamSocket;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportSettings;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * A connected socket, TCP or Unix.
 * <p>
 * It belongs to one event loop, which alone reads, closes, keeps the deadlines and calls
 * the protocol. Other threads write through {@link SocketOutput}, and ask for everything
 * else by a change of a guarded field and an {@link IterationRequest}.
 * <p>
 * The parts share the transport: it alone moves the state and chooses the interest set of
 * the socket. {@link SocketInput} reads, {@link SocketOutput} writes, and
 * {@link SocketDeadlines} decides when to give up.
 *
 * @see TransportState
 */
final class SocketTransport extends IterationRequest implements Transport, ReadyHandler {

	/** Nobody waits for a time to be seen: it is set without a fence. */
	private static final AtomicLongFieldUpdater<SocketTransport> LAST_RECEIVED = AtomicLongFieldUpdater
		.newUpdater(SocketTransport.class, "lastReceived");

	private final StreamSocket socket;

	private final boolean unix;

	/**
	 * Made at once for a Unix socket; for others when it is first asked for, as most
	 * connections are never asked. Any thread may make it, two at once an equal one: its
	 * fields are final, and so seen by all.
	 */
	private @Nullable TransportInfo info;

	private final TransportSettings settings;

	/** Its lock guards the state. Any thread. */
	private final SocketOutput output;

	/** Event loop only. */
	private final SocketInput input;

	/**
	 * Event loop only. Made when there is the first one to keep: a connection that idles
	 * has none unless idle ones are closed.
	 */
	private @Nullable SocketDeadlines deadlines;

	/** Written with the output's lock held. */
	private volatile TransportState state = TransportState.OPEN;

	/**
	 * Written with the output's lock held: an abort waits for the event loop.
	 * {@link #failure} is its reason, if it has one.
	 */
	private volatile boolean aborted;

	/** Guarded by the output's lock. */
	private @Nullable IOException failure;

	/** Event loop only, but for its first value. */
	private volatile Protocol protocol;

	/** Written by any thread; the loop has the socket watched accordingly. */
	private volatile boolean readingPaused;

	/** Written by the loop, by way of {@link #LAST_RECEIVED}: when bytes came in last. */
	private volatile long lastReceived;

	/** Event loop only: the socket is watched. */
	private boolean opened;

	/** Event loop only: for what it is watched. */
	private byte interest = PolledSocket.READ;

	/** Event loop only: not read from, because it holds more than its share of memory. */
	private boolean heldBack;

	/** Event loop only: it waits for nothing, and is looked after by the loop. */
	private boolean unwatched;

	/** Event loop only: whether the loop will come to {@link #ready} by itself. */
	private boolean putOff;

	/**
	 * Create a transport that is yet to be opened.
	 * @param local the own address; that of a Unix socket as it was asked for, by which
	 * the socket itself may not know it
	 */
	SocketTransport(EventLoop loop, StreamSocket socket, @Nullable SocketAddress local, TransportSettings settings,
			Protocol protocol) {
		super(loop);
		this.socket = socket;
		this.info = SocketInfo.ofUnix(socket, local);
		this.unix = this.info != null;
		this.settings = settings;
		this.protocol = protocol;
		this.lastReceived = System.nanoTime();
		this.output = new SocketOutput(this, settings, this.lastReceived);
		this.input = new SocketInput(this);
	}

	/** Takes a connected socket over. Event loop only. */
	static SocketTransport adopt(StreamSocket socket, EventLoop loop, TransportSettings settings, Protocol protocol)
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
		register(registered);
		loop().connectionOpened();
		try {
			this.protocol.connectionMade(this);
		}
		catch (RuntimeException | Error ex) {
			loop().connectionClosed();
			discardUnopened();
			throw ex;
		}
		if (this.settings.idleTimeout() != null) {
			deadlines().plan();
		}
	}

	private void register(boolean registered) throws IOException {
		if (registered) {
			this.socket.setHandler(this);
			this.socket.setInterest(PolledSocket.READ);
		}
		else {
			this.socket.register(loop().poller(), PolledSocket.READ, this);
		}
		this.opened = true;
	}

	/**
	 * The protocol refused the connection and does not hear of it again. The caller of
	 * {@link #open} closes the socket: a client resets it, a server ends it.
	 */
	private void discardUnopened() {
		this.output.lock().lock();
		try {
			this.state = TransportState.CLOSED;
			this.output.close();
		}
		finally {
			this.output.lock().unlock();
		}
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
		return this.state;
	}

	@Override
	public boolean inEventLoop() {
		return loop().group().isLoop(Thread.currentThread());
	}

	@Override
	public void execute(Runnable task) {
		loop().execute(task);
	}

	@Override
	public Thread newHandlerThread(String name, Runnable task) {
		return loop().newHandlerThread(name, task);
	}

	@Override
	public void yieldFairly() {
		loop().yieldHandler();
	}

	@Override
	public void lookForInput() {
		pollInput();
	}

	@Override
	public void lookForRoom() {
		retryWrite();
	}

	@Override
	public void startHalfClosedTimeout() {
		this.input.endAbove();
		deadlines().plan();
	}

	@Override
	public Cancellable executeLater(Duration delay, Runnable task) {
		return loop().executeLater(delay, task);
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
	public boolean isReadingPaused() {
		return this.readingPaused && this.state == TransportState.OPEN;
	}

	@Override
	public boolean isReading() {
		return this.state == TransportState.OPEN && !this.readingPaused;
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
		return Math.max(0, System.nanoTime() - lastActivity());
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
			if (this.state == TransportState.OPEN) {
				moveTo(TransportState.CLOSING);
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
			if (this.state != TransportState.CLOSED && !this.aborted) {
				requestAbort(cause);
			}
		}
		finally {
			this.output.lock().unlock();
		}
	}

	@Override
	public String toString() {
		TransportInfo info = info();
		return "SocketTransport[" + info.localAddress() + " <- " + info.remoteAddress() + ", " + this.state + "]";
	}

	StreamSocket socket() {
		return this.socket;
	}

	SocketOutput output() {
		return this.output;
	}

	/** Event loop only. */
	SocketInput input() {
		return this.input;
	}

	/** Event loop only. */
	SocketDeadlines deadlines() {
		SocketDeadlines deadlines = this.deadlines;
		if (deadlines == null) {
			deadlines = new SocketDeadlines(this, this.settings);
			this.deadlines = deadlines;
		}
		return deadlines;
	}

	/**
	 * Whether an abort waits for the event loop. Waits for a thread that writes at this
	 * moment: its write may have taken the error of a reset, after which the system shows
	 * the reset as an end of stream.
	 */
	boolean isAborted() {
		this.output.lock().lock();
		try {
			return this.aborted;
		}
		finally {
			this.output.lock().unlock();
		}
	}

	/** Bytes came in. Event loop only. */
	void noteReceived() {
		LAST_RECEIVED.lazySet(this, loop().now());
	}

	/** When bytes moved last, in either direction. */
	long lastActivity() {
		long received = this.lastReceived;
		long sent = this.output.lastSent();
		return (received - sent > 0) ? received : sent;
	}

	/** Whether written bytes are queued. Call with the output's lock held. */
	boolean acceptsWrites() {
		return !this.aborted && (this.state == TransportState.OPEN || this.state == TransportState.CLOSING);
	}

	/** Call with the output's lock held. */
	private void requestAbort(@Nullable IOException cause) {
		this.aborted = true;
		this.failure = cause;
		this.output.clear();
		if (this.state == TransportState.OPEN) {
			moveTo(TransportState.CLOSING);
		}
		requestIteration();
	}

	/** Call with the output's lock held. */
	private void moveTo(TransportState next) {
		if (!this.state.canMoveTo(next)) {
			throw new IllegalStateException("illegal move from " + this.state + " to " + next);
		}
		this.state = next;
	}

	@Override
	boolean runIteration() {
		if (!takeRequest() && !this.output.isUnsent()) {
			// The handler has sent what it wrote.
			return false;
		}
		if (this.state == TransportState.CLOSED || !this.opened) {
			return false;
		}
		TransportState before = this.state;
		boolean sent = proceed();
		return sent || this.state != before;
	}

	@Override
	public void ready(int operations) {
		if ((operations & PolledSocket.READ) != 0 && !this.aborted) {
			// After an abort, the rest of the input is delivered by breakOff, or dropped.
			this.input.read();
		}
		if ((operations & PolledSocket.CONNECT) != 0) {
			// Only an error makes a connected socket ready for this.
			peerGone();
		}
		if ((operations & PolledSocket.WRITE) != 0) {
			this.output.roomAvailable();
		}
		if (operations != PolledSocket.READ || this.input.isEnded() || this.state != TransportState.OPEN) {
			proceed();
		}
	}

	@Override
	public boolean isPutOff() {
		return this.putOff;
	}

	@Override
	public void setPutOff(boolean putOff) {
		this.putOff = putOff;
	}

	@Override
	public void loopClosed() {
		boolean complete = writeBufferSize() == 0;
		finish(complete ? null : new ConnectionClosedException("The transports were closed before all was sent"), true);
	}

	@Override
	public void notWatched(IOException cause) {
		breakOff(IoFailures.typed(cause), true);
	}

	/**
	 * Sends what can be sent, carries a close on, and brings the interest in line.
	 * @return whether anything was sent
	 */
	private boolean proceed() {
		if (this.state == TransportState.CLOSED) {
			return false;
		}
		FlushResult flush = this.output.flushOnLoop();
		if (this.aborted) {
			finishAbort();
			return true;
		}
		if (this.state == TransportState.CLOSING) {
			proceedClosing();
		}
		updateInterest(flush.isBlocked());
		return flush.hasSent();
	}

	private void finishAbort() {
		IOException cause = this.failure;
		if (cause == null) {
			finish(null, true);
		}
		else if (!(cause instanceof ConnectionClosedException)) {
			breakOff(cause, true);
		}
		else if (this.state == TransportState.LINGERING && this.socket.unacknowledged() <= 0) {
			// Everything was sent: the system goes on to deliver it.
			finish(null, false);
		}
		else {
			// The local side wants no more input.
			finish(cause, true);
		}
	}

	/**
	 * Ends a broken connection. The protocol first receives what the system still holds,
	 * even while reading is paused: bytes that arrived before the end are the reader's.
	 * Event loop only.
	 * @param reset whether the peer is sent a reset
	 */
	void breakOff(IOException cause, boolean reset) {
		beginClosing();
		this.input.readRest(cause);
		finish(cause, reset);
	}

	private void beginClosing() {
		this.output.lock().lock();
		try {
			if (this.state == TransportState.OPEN) {
				moveTo(TransportState.CLOSING);
			}
		}
		finally {
			this.output.lock().unlock();
		}
	}

	private void proceedClosing() {
		deadlines().closingBegan();
		if (!endOutput()) {
			deadlines().plan();
			return;
		}
		if (this.failure != null) {
			finish(this.failure, false);
		}
		else if (isAllHeard()) {
			finish(null, false);
		}
		else {
			deadlines().lingeringBegan();
			this.protocol.lingering();
			deadlines().plan();
		}
	}

	/**
	 * Lingers from now on, if all was sent; whoever writes while it closes may have added
	 * to that until now.
	 * @return {@code false} if there is something to send, or it is to be aborted
	 */
	private boolean endOutput() {
		this.output.lock().lock();
		try {
			if (this.aborted || !this.output.isEmpty()) {
				// After an abort it is empty, and the peer must not take that for all.
				return false;
			}
			moveTo(TransportState.LINGERING);
			if (!isAllHeard()) {
				// Otherwise the socket is closed at once, which ends the side as well.
				this.output.shutDown();
			}
		}
		catch (IOException ex) {
			this.failure = IoFailures.typed(ex);
		}
		finally {
			this.output.lock().unlock();
		}
		return true;
	}

	/** Whether a connection that has sent everything can be closed at once. */
	private boolean isAllHeard() {
		return this.input.isEnded() || this.settings.lingerTimeout().isZero();
	}

	/**
	 * The probe of an unwatched connection found an error or a hang-up. Event loop only.
	 * <p>
	 * A Unix socket, and a TCP socket whose local side is shut, show a peer that has
	 * closed properly in the same way: then the input is read to its end first.
	 */
	private void peerGone() {
		boolean mayHaveEnded = this.unix || this.output.hasEnded();
		if (!mayHaveEnded) {
			breakOff(IoFailures.reset(null), false);
		}
		else if (this.input.isEnded()) {
			finish(null, false);
		}
	}

	/**
	 * Closes the socket, and tells the protocol. Event loop only.
	 * @param cause why, or {@code null} for an end without loss: unless the local side
	 * aborted, queued bytes make it a reset
	 * @param reset whether the peer learns of it by a reset, and not by the end of input
	 */
	void finish(@Nullable IOException cause, boolean reset) {
		IOException reason = cause;
		this.output.lock().lock();
		try {
			if (this.state == TransportState.CLOSED) {
				return;
			}
			if (reason == null && !this.aborted && !this.output.isEmpty()) {
				reason = IoFailures.reset(null);
			}
			moveTo(TransportState.CLOSED);
			this.output.close();
		}
		finally {
			this.output.lock().unlock();
		}
		try {
			letGo(reset);
		}
		finally {
			// Also without memory: a thread that waits has to hear of it.
			this.protocol.connectionLost(reason);
		}
	}

	private void letGo(boolean reset) {
		try {
			setUnwatched(false);
			loop().relief().forget(this);
			loop().connectionClosed();
			if (this.deadlines != null) {
				this.deadlines.cancel();
			}
			if (reset) {
				this.socket.resetOnClose();
			}
		}
		finally {
			this.socket.close();
		}
	}

	/** Has the socket watched for what the state needs. Event loop only. */
	private void updateInterest(boolean blocked) {
		if (this.state == TransportState.CLOSED) {
			return;
		}
		boolean wanted = !this.readingPaused && !this.heldBack;
		boolean reading = !this.input.isEnded() && (wanted || this.state != TransportState.OPEN);
		int operations = (reading ? PolledSocket.READ : 0) | (blocked ? PolledSocket.WRITE : 0);
		if (blocked && (this.interest & PolledSocket.WRITE) == 0) {
			this.output.startWaiting();
		}
		interest(operations);
		setUnwatched(operations == 0);
		if (blocked) {
			deadlines().plan();
		}
	}

	/** Not read from until {@link #readAgain()}. Event loop only. */
	void holdBack() {
		this.heldBack = true;
		updateInterest(this.output.waitsForRoom());
	}

	/** There is memory for what the peer sends. Event loop only. */
	void readAgain() {
		this.heldBack = false;
		if (this.state != TransportState.CLOSED) {
			updateInterest(this.output.waitsForRoom());
		}
	}

	/** Bytes that are buffered for this connection in all layers. Event loop only. */
	long held() {
		return this.protocol.bufferedBytes() + writeBufferSize();
	}

	private void setUnwatched(boolean unwatched) {
		if (this.unwatched == unwatched) {
			return;
		}
		this.unwatched = unwatched;
		if (unwatched) {
			loop().deadPeerProbe().add(this);
		}
		else {
			loop().deadPeerProbe().remove(this);
		}
	}

	/** Event loop only. */
	void interest(int operations) {
		if (operations != this.interest && this.opened) {
			this.interest = (byte) operations;
			this.socket.setInterest(operations);
		}
	}

	/**
	 * Tries to send before a peer is given up as stalled. The system calls a socket
	 * writable only when a good part of its send buffer is free, which a slow peer may
	 * take minutes to read; a write finds less room than that. Event loop only.
	 */
	boolean retryWrite() {
		long before = this.output.lastSent();
		this.output.retry();
		proceed();
		return this.output.lastSent() != before;
	}

	/**
	 * Looks at the socket before the connection is given up as idle. After a stall of the
	 * loop or of the whole process more sockets may be ready than one poll tells of.
	 * Event loop only.
	 * @return whether the peer has sent something, or ended its side
	 */
	boolean pollInput() {
		if (this.input.isEnded() || this.readingPaused || this.aborted) {
			return false;
		}
		long before = this.lastReceived;
		this.input.read();
		proceed();
		return this.lastReceived != before || this.input.isEnded();
	}

}
