package io.streams.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.Protocol;
import io.streams.transport.ProtocolCalls;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportSettings;
import io.streams.transport.TransportState;
import io.streams.transport.WriteBufferOverflowException;

import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in memory. What one end writes, the other's protocol receives,
 * in chunks of a size that can be chosen, and with the same flow control, deadlines and
 * resets as over a socket. No system lies between the ends, and so no socket buffer: the
 * write buffer is all that the peer has not taken.
 * <p>
 * Its event loop alone calls the protocol's events, keeps the deadlines and carries a
 * close on. Other threads ask by a change of a guarded field and a turn of
 * {@link #proceed}. Each {@link Pipe} has a lock; nobody ever holds both.
 *
 * @see TransportState
 */
public final class MemoryTransport implements Transport {

	private static final TransportSettings PAIR_SETTINGS = TransportSettings.DEFAULT.toBuilder()
		.lingerTimeout(Duration.ZERO)
		.build();

	private final End end;

	/** What this end writes; its lock is the lock of this transport. */
	private final Pipe output;

	/** Event loop only, but for the question whether it has ended. */
	private final MemoryInput input;

	/** Event loop only, but for the question whether a stall is planned for. */
	private final MemoryDeadlines deadlines;

	/** Set once, before the first event. */
	private @Nullable MemoryTransport peer;

	/** Set by {@link #open}; later by the event loop. */
	private volatile @Nullable Protocol protocol;

	/** Written by whoever opens this end: its protocol is being told of it. */
	private volatile boolean opening;

	/** Written under the output's lock. */
	private volatile TransportState state = TransportState.OPEN;

	/** Guarded by the output's lock: the side was ended, and not by a close. */
	private boolean endedByUser;

	/**
	 * Written under the output's lock: an abort waits for the loop, for the reason in
	 * {@link #failure} if not null.
	 */
	private volatile boolean aborted;

	/** Guarded by the output's lock. */
	private @Nullable IOException failure;

	private volatile boolean readingPaused;

	/** Whether a turn of {@link #proceed} is on its way. */
	private final AtomicBoolean changed = new AtomicBoolean();

	/** Written by both ends' loops: when bytes moved last. */
	private volatile long lastActivity = System.nanoTime();

	/**
	 * Written under the output's lock: when the peer last took bytes, or first had any to
	 * take.
	 */
	private volatile long lastSent = this.lastActivity;

	/** Event loop only: the protocol knows that nothing more comes. */
	private boolean protocolLingers;

	/** Event loop only, and gone once this end is opened. */
	private @Nullable Runnable whenClosedUnopened;

	private MemoryTransport(End end, int chunk, Pipe output, Pipe input) {
		this.end = end;
		this.output = output;
		this.input = new MemoryInput(this, input, chunk);
		this.deadlines = new MemoryDeadlines(this, end.settings());
	}

	/**
	 * Makes two ends of one connection, each with an event loop of its own and the
	 * default settings, but for one: a close does not linger, because what was sent has
	 * reached its reader by then. Neither has a protocol yet.
	 * @param chunk how many bytes a protocol receives at once at the most, 1 or more
	 * @return both ends
	 */
	public static MemoryTransport[] pair(int chunk) {
		return pair(chunk, new End("left", new MemoryLoop(), TransportInfo.NONE, PAIR_SETTINGS),
				new End("right", new MemoryLoop(), TransportInfo.NONE, PAIR_SETTINGS));
	}

	static MemoryTransport[] pair(int chunk, End one, End other) {
		requireChunk(chunk);
		Pipe there = new Pipe(one.settings());
		Pipe back = new Pipe(other.settings());
		MemoryTransport left = new MemoryTransport(one, chunk, there, back);
		MemoryTransport right = new MemoryTransport(other, chunk, back, there);
		left.peer = right;
		right.peer = left;
		return new MemoryTransport[] { left, right };
	}

	static void requireChunk(int chunk) {
		if (chunk < 1) {
			throw new IllegalArgumentException("chunk is " + chunk + ": give 1 byte or more");
		}
	}

	/**
	 * Gives this end its protocol. Call once for each end; what the other one writes
	 * before waits.
	 * @param protocol gets {@code connectionMade} before this method returns; if it
	 * throws, the connection is closed and the protocol hears no more of it
	 */
	public void open(Protocol protocol) {
		this.whenClosedUnopened = null;
		this.opening = true;
		this.protocol = protocol;
		this.end.loop().connectionOpened(this);
		try {
			protocol.connectionMade(this);
		}
		catch (RuntimeException | Error ex) {
			this.opening = false;
			discard();
			throw ex;
		}
		this.opening = false;
		changed();
	}

	/** Closes an end whose protocol never came to be. The peer sees the end of input. */
	void discard() {
		this.protocol = null;
		finish(null, false);
	}

	/**
	 * Has somebody told when this end closes before it is opened. Event loop only.
	 */
	void whenClosedUnopened(Runnable action) {
		this.whenClosedUnopened = action;
	}

	@Override
	public TransportInfo info() {
		return this.end.info();
	}

	@Override
	public TransportState state() {
		return this.state;
	}

	@Override
	public void execute(Runnable task) {
		this.end.loop().execute(task);
	}

	@Override
	public void startHalfClosedTimeout() {
		this.deadlines.startHalfClosedTimeout();
	}

	@Override
	public void yieldFairly() {
		this.end.loop().yieldHandler();
	}

	@Override
	public Cancellable executeLater(Duration delay, Runnable task) {
		return this.end.loop().executeLater(delay, task);
	}

	@Override
	public boolean inEventLoop() {
		return this.end.loop().isCurrent();
	}

	@Override
	public void write(byte[] data, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, data.length);
		this.output.lock.lock();
		try {
			refuseAfterEnd();
			if (length > 0 && mayWrite()) {
				append(data, offset, length);
			}
		}
		finally {
			this.output.lock.unlock();
		}
		peer().changed();
	}

	@Override
	public void write(ByteBuffer data) {
		byte[] bytes = new byte[data.remaining()];
		data.get(bytes);
		write(bytes, 0, bytes.length);
	}

	@Override
	public void writeLines(List<byte[]> pieces) {
		this.output.lock.lock();
		try {
			refuseAfterEnd();
			for (byte[] piece : pieces) {
				if (piece.length > 0 && mayWrite()) {
					append(piece, 0, piece.length);
				}
			}
		}
		finally {
			this.output.lock.unlock();
		}
		peer().changed();
	}

	/** Call with the output's lock held. */
	private void refuseAfterEnd() {
		if (this.endedByUser && this.state == TransportState.OPEN && !this.aborted) {
			throw new IllegalStateException("Cannot call write() after writeEof(): write first, then end the side");
		}
	}

	/**
	 * The peer takes what is written as soon as it wants it. But only what was flushed
	 * still reaches it after an {@link #abort}, as it would over a socket, unless it does
	 * not read.
	 */
	@Override
	public void flush() {
		this.output.lock.lock();
		try {
			this.output.flush();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public boolean canWriteEof() {
		return true;
	}

	@Override
	public void writeEof() {
		this.output.lock.lock();
		try {
			if (this.state == TransportState.OPEN) {
				this.endedByUser = true;
				this.output.end();
			}
		}
		finally {
			this.output.lock.unlock();
		}
		peer().changed();
	}

	@Override
	public void pauseReading() {
		this.readingPaused = true;
	}

	@Override
	public void resumeReading() {
		this.readingPaused = false;
		changed();
	}

	@Override
	public boolean isReading() {
		return this.state == TransportState.OPEN && !this.readingPaused;
	}

	@Override
	public long writeBufferSize() {
		this.output.lock.lock();
		try {
			// What is left after an abort is on its way.
			return this.aborted ? 0 : this.output.size();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public WaterMarks writeBufferLimits() {
		this.output.lock.lock();
		try {
			return this.output.marks();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public void setWriteBufferLimits(WaterMarks marks) {
		this.output.lock.lock();
		try {
			this.output.setMarks(marks);
			pauseProtocol();
			resumeProtocol(protocol());
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public long maxWriteBuffer() {
		return this.end.settings().maxWriteBuffer();
	}

	@Override
	public PauseTimes writePauseTimes() {
		this.output.lock.lock();
		try {
			return this.output.pauseTimes();
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public long idleNanos() {
		return Math.max(0, System.nanoTime() - this.lastActivity);
	}

	@Override
	public Protocol protocol() {
		Protocol protocol = this.protocol;
		if (protocol == null) {
			throw new IllegalStateException("this end has no protocol: call open on both ends first");
		}
		return protocol;
	}

	@Override
	public void setProtocol(Protocol protocol) {
		this.protocol = protocol;
	}

	@Override
	public void close() {
		this.output.lock.lock();
		try {
			if (this.state != TransportState.OPEN) {
				return;
			}
			moveTo(TransportState.CLOSING);
			this.output.end();
		}
		finally {
			this.output.lock.unlock();
		}
		changed();
		peer().changed();
	}

	@Override
	public void abort(@Nullable IOException cause) {
		this.output.lock.lock();
		try {
			requestAbort(cause);
		}
		finally {
			this.output.lock.unlock();
		}
	}

	@Override
	public String toString() {
		return "MemoryTransport[" + this.end.name() + ", " + this.state + "]";
	}

	/** When bytes moved last, in either direction. */
	long lastActivity() {
		return this.lastActivity;
	}

	/** When the peer last took bytes, or first had any to take. */
	long lastSent() {
		return this.lastSent;
	}

	/**
	 * When bytes moved last, or the peer ended its side, if that was later. Event loop
	 * only, and only once {@link #isInputEnded()}.
	 */
	long lastActivityHalfClosed() {
		long activity = this.lastActivity;
		long ended = this.input.endedAt();
		return (ended - activity > 0) ? ended : activity;
	}

	/** Whether the peer ended its side. */
	boolean isInputEnded() {
		return this.input.isEnded();
	}

	MemoryTransport peer() {
		return Objects.requireNonNull(this.peer);
	}

	private void changed() {
		if (!this.changed.get() && this.changed.compareAndSet(false, true)) {
			execute(this::applyChanges);
		}
	}

	/**
	 * What is still being sent after a close may be added to, as over a socket. Call with
	 * the output's lock held.
	 */
	private boolean mayWrite() {
		boolean sending = this.state == TransportState.CLOSING && !this.aborted && !this.endedByUser
				&& !this.output.isEmpty();
		return this.state == TransportState.OPEN || sending;
	}

	/** Call with the output's lock held. */
	private void append(byte[] data, int offset, int length) {
		if (this.output.state() == Pipe.State.BROKEN) {
			requestAbort(reset());
			return;
		}
		try {
			boolean wasEmpty = this.output.isEmpty();
			this.output.append(data, offset, length);
			if (wasEmpty) {
				this.lastSent = System.nanoTime();
				planStall();
			}
			pauseProtocol();
		}
		catch (WriteBufferOverflowException ex) {
			requestAbort(ex);
		}
	}

	/** Call with the output's lock held. */
	private void pauseProtocol() {
		if (this.state != TransportState.CLOSED && this.output.pausesNow()) {
			ProtocolCalls.pauseWriting(protocol(), this);
		}
	}

	/** Call with the output's lock held. */
	private void resumeProtocol(Protocol protocol) {
		if (this.state != TransportState.CLOSED && this.output.resumesNow()) {
			ProtocolCalls.resumeWriting(protocol, this);
		}
	}

	/**
	 * Has the loop plan the deadline of a peer that takes nothing, unless it will look at
	 * the deadlines in time anyway. Call with the output's lock held.
	 */
	private void planStall() {
		if (this.deadlines.isStallUnplanned()) {
			changed();
		}
	}

	/** Call with the output's lock held. */
	private void requestAbort(@Nullable IOException cause) {
		if (this.aborted || this.state == TransportState.CLOSED) {
			return;
		}
		this.failure = cause;
		this.aborted = true;
		// Not an end, even if a close has ended the side: the peer would take it for all.
		this.output.abandon();
		if (this.state == TransportState.OPEN) {
			moveTo(TransportState.CLOSING);
		}
		changed();
	}

	/** The peer aborted, or is gone with something unread. Called on the peer's loop. */
	private void resetByPeer() {
		this.output.lock.lock();
		try {
			// With both sides ended, the connection is complete.
			boolean done = this.input.isEnded()
					&& (this.state == TransportState.LINGERING || (this.endedByUser && this.output.isEmpty()));
			requestAbort(done ? null : reset());
		}
		finally {
			this.output.lock.unlock();
		}
	}

	/** Call with the output's lock held. */
	private void moveTo(TransportState next) {
		if (!this.state.canMoveTo(next)) {
			throw new IllegalStateException("illegal move from " + this.state + " to " + next);
		}
		this.state = next;
	}

	private void applyChanges() {
		this.changed.set(false);
		proceed();
	}

	/** Takes what there is to take, and carries a close on. Event loop only. */
	private void proceed() {
		if (this.opening) {
			// Nothing comes before connectionMade, which may be under way elsewhere.
			return;
		}
		if (this.aborted && this.state != TransportState.CLOSED) {
			finishAbort();
		}
		if (this.state == TransportState.CLOSED || this.protocol == null) {
			return;
		}
		if (this.state == TransportState.OPEN) {
			receive();
		}
		if (this.state != TransportState.OPEN && !this.aborted) {
			proceedClosing();
		}
		this.deadlines.plan();
	}

	private void receive() {
		try {
			if (this.input.receive()) {
				changed();
			}
		}
		catch (RuntimeException | Error ex) {
			finish(new IOException("Fatal error: the protocol failed to take the data it received", ex), true);
		}
	}

	/** Bytes came in. Event loop only. */
	void received() {
		this.lastActivity = System.nanoTime();
	}

	/** The peer took bytes. Called on the peer's loop, with the output's lock held. */
	void taken(long count) {
		this.lastSent = System.nanoTime();
		this.lastActivity = this.lastSent;
		Protocol protocol = this.protocol;
		if (protocol != null && this.state != TransportState.CLOSED) {
			ProtocolCalls.bytesSent(protocol, this, count);
			resumeProtocol(protocol);
		}
		if (this.state == TransportState.CLOSING && this.output.isEmpty()) {
			changed();
		}
	}

	private void proceedClosing() {
		this.deadlines.closingBegan();
		this.input.drop();
		if (this.state == TransportState.CLOSING) {
			startLingering();
		}
		boolean heardAll = this.input.isAllHeard() || this.end.settings().lingerTimeout().isZero();
		if (this.state == TransportState.LINGERING && heardAll) {
			finish(null, false);
		}
		else if (this.state == TransportState.LINGERING && !this.protocolLingers) {
			this.protocolLingers = true;
			protocol().lingering();
		}
	}

	private void startLingering() {
		this.output.lock.lock();
		try {
			if (!this.aborted && this.output.isEmpty()) {
				moveTo(TransportState.LINGERING);
				this.deadlines.lingeringBegan();
			}
		}
		finally {
			this.output.lock.unlock();
		}
	}

	private void finishAbort() {
		IOException cause;
		this.output.lock.lock();
		try {
			cause = this.failure;
		}
		finally {
			this.output.lock.unlock();
		}
		if (cause == null) {
			finish(null, true);
		}
		else if (!(cause instanceof ConnectionClosedException)) {
			breakOff(cause);
		}
		else if (this.state == TransportState.LINGERING) {
			// The peer has taken everything.
			finish(null, false);
		}
		else {
			// The local side wants no more input.
			finish(cause, true);
		}
	}

	/**
	 * Resets a broken connection. The protocol first receives what has arrived, even
	 * while reading is paused. Event loop only.
	 */
	void breakOff(IOException cause) {
		if (this.protocol != null) {
			this.input.receiveRest();
		}
		finish(cause, true);
	}

	/**
	 * Lets go of the connection. Event loop only.
	 * @param reset whether the peer learns of it by a reset, and not by the end of input
	 */
	void finish(@Nullable IOException cause, boolean reset) {
		this.output.lock.lock();
		try {
			if (this.state == TransportState.CLOSED) {
				return;
			}
			moveTo(TransportState.CLOSED);
			if (reset) {
				this.output.abandon();
			}
			this.output.end();
		}
		finally {
			this.output.lock.unlock();
		}
		this.deadlines.cancel();
		boolean unread = this.input.breakOff();
		if (reset || unread) {
			peer().resetByPeer();
		}
		peer().changed();
		this.end.loop().connectionClosed(this);
		if (this.whenClosedUnopened != null) {
			this.whenClosedUnopened.run();
		}
		Protocol protocol = this.protocol;
		if (protocol != null) {
			protocol.connectionLost(cause);
		}
	}

	private static ConnectionResetException reset() {
		return new ConnectionResetException("Connection reset by peer", null);
	}

	/**
	 * What is particular to one end.
	 *
	 * @param name what it is called in messages
	 * @param loop its event loop
	 * @param info what its users may know of it
	 * @param settings how it treats the connection
	 */
	record End(String name, MemoryLoop loop, TransportInfo info, TransportSettings settings) {
	}

}
