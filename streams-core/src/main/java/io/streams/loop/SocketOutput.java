package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;
import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.ProtocolCalls;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;

/**
 * The write side of a socket, shared by all threads. A thread that has bytes to send
 * sends them itself, with the lock held, and the event loop sends the rest when the
 * socket has room again. Owned by one {@link SocketTransport}.
 * <p>
 * {@link #lock} guards the {@link WriteQueue} and the transport's {@link CloseSequence}.
 * The methods of this class acquire the lock; those of {@link WriteQueue} need it held.
 */
final class SocketOutput extends WriteQueue {

	/** No thread waits for a new time to become visible: it is set without a fence. */
	private static final AtomicLongFieldUpdater<SocketOutput> LAST_SENT = AtomicLongFieldUpdater
		.newUpdater(SocketOutput.class, "lastSent");

	private final SocketTransport transport;

	private final ReentrantLock lock = new LoopLock();

	/**
	 * Written with {@link #lock} held, as the queue fills and empties. If it is not set,
	 * the queue is empty: a reader needs no lock to see that.
	 */
	private volatile boolean unsent;

	/**
	 * Written with {@link #lock} held, by {@link #LAST_SENT}: when the system last took
	 * bytes.
	 */
	private volatile long lastSent;

	/**
	 * Event loop only: since when the loop waits for room to send, or when the system
	 * last reported room.
	 */
	private long blockedSince;

	SocketOutput(SocketTransport transport, TransportOptions settings, long now) {
		super(transport.socket(), settings);
		this.transport = transport;
		this.lastSent = now;
		this.blockedSince = now;
	}

	/**
	 * Guards the queue, and every move of the transport's state.
	 */
	ReentrantLock lock() {
		return this.lock;
	}

	void write(byte[] data, int offset, int length) {
		this.lock.lock();
		try {
			if (mayWrite()) {
				append(data, offset, length);
				afterWrite();
			}
		}
		catch (IOException ex) {
			broken(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	void write(ByteBuffer data) {
		this.lock.lock();
		try {
			if (mayWrite()) {
				append(data);
				afterWrite();
			}
			else {
				data.position(data.limit());
			}
		}
		catch (IOException ex) {
			broken(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	void write(List<byte[]> pieces) {
		this.lock.lock();
		try {
			if (mayWrite()) {
				append(pieces);
				afterWrite();
			}
		}
		catch (IOException ex) {
			broken(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Gives the system the queued bytes that it takes now. */
	void flush() {
		if (!this.unsent) {
			return;
		}
		this.lock.lock();
		try {
			if (maySend()) {
				sendAndTell();
				if (isBlocked()) {
					this.transport.requestFlush();
				}
			}
		}
		catch (IOException ex) {
			broken(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends the write side once all queued bytes are sent. */
	void writeEof() {
		this.lock.lock();
		try {
			if (this.transport.state() == TransportState.OPEN) {
				end();
				this.transport.requestIteration();
			}
		}
		catch (IOException ex) {
			broken(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the number of bytes that the system has not taken. */
	long queuedBytes() {
		this.lock.lock();
		try {
			return size();
		}
		finally {
			this.lock.unlock();
		}
	}

	WaterMarks limits() {
		this.lock.lock();
		try {
			return marks();
		}
		finally {
			this.lock.unlock();
		}
	}

	void setLimits(WaterMarks marks) {
		this.lock.lock();
		try {
			setMarks(marks);
			pauseOrResumeProtocol();
		}
		finally {
			this.lock.unlock();
		}
	}

	PauseTimes pauseTimes() {
		this.lock.lock();
		try {
			return pauseTimes(System.nanoTime());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether bytes may be queued. */
	boolean isUnsent() {
		return this.unsent;
	}

	/** Whether queued bytes wait until the system has room. */
	boolean waitsForRoom() {
		this.lock.lock();
		try {
			return isBlocked();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether the peer has received the end of this side, or will. */
	boolean hasEnded() {
		this.lock.lock();
		try {
			return isShut();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** When the system last took bytes. */
	long lastSent() {
		return this.lastSent;
	}

	/** Since when the peer has had bytes to take. Event loop only. */
	long stalledSince() {
		return (this.blockedSince - this.lastSent > 0) ? this.blockedSince : this.lastSent;
	}

	/** The loop waits for room from now on. Event loop only. */
	void startWaiting() {
		this.blockedSince = this.transport.loop().nanoTime();
	}

	/** The system has room again. Event loop only. */
	void roomAvailable() {
		this.lock.lock();
		try {
			unblock();
		}
		finally {
			this.lock.unlock();
		}
		this.blockedSince = this.transport.loop().nanoTime();
	}

	/** Gives the system the queued bytes that it takes now. Event loop only. */
	FlushResult flushOnLoop() {
		boolean sending;
		this.lock.lock();
		try {
			sending = maySend();
			if (sending) {
				sendAndTell();
			}
			return FlushResult.of(sending, isBlocked());
		}
		catch (IOException ex) {
			broken(ex);
			return FlushResult.IDLE;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Tries to send, although the system has not reported room. Event loop only. */
	void retry() {
		this.lock.lock();
		try {
			unblock();
			sendAndTell();
		}
		catch (IOException ex) {
			broken(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Call with {@link #lock} held. */
	private boolean mayWrite() {
		if (!this.transport.acceptsWrites()) {
			return false;
		}
		if (isEndedByUser()) {
			refuseAfterEnd();
			return false;
		}
		return true;
	}

	/**
	 * Only a live connection is misused: another thread may have closed one that closes.
	 */
	private void refuseAfterEnd() {
		if (this.transport.state() == TransportState.OPEN) {
			throw new IllegalStateException("Cannot call write() after writeEof(): write first, then end the side");
		}
	}

	/** Call with {@link #lock} held. */
	private void afterWrite() throws IOException {
		if (isAboveHighMark() && maySend()) {
			sendQueued();
		}
		noteSent();
		pauseOrResumeProtocol();
		if (noteUnsent()) {
			this.transport.requestFlush();
		}
	}

	/**
	 * Call with {@link #lock} held. Writes only a change: of many answers to pipelined
	 * requests, the first one fills the queue.
	 */
	private boolean noteUnsent() {
		boolean now = !isEmpty();
		if (now != this.unsent) {
			this.unsent = now;
		}
		return now;
	}

	/** Call with {@link #lock} held. */
	private void sendAndTell() throws IOException {
		sendQueued();
		noteUnsent();
		if (noteSent()) {
			pauseOrResumeProtocol();
		}
	}

	/** Call with {@link #lock} held. */
	private boolean noteSent() {
		long sent = takeSent();
		if (sent == 0) {
			return false;
		}
		LAST_SENT.lazySet(this, this.transport.loop().nanoTime());
		ProtocolCalls.bytesSent(this.transport.protocol(), this.transport, sent);
		return true;
	}

	/** Call with {@link #lock} held. */
	private void pauseOrResumeProtocol() {
		if (this.transport.state() == TransportState.CLOSED) {
			// The protocol hears nothing after connectionLost.
			return;
		}
		switch (pauseMove()) {
			case PAUSE -> ProtocolCalls.pauseWriting(this.transport.protocol(), this.transport);
			case RESUME -> ProtocolCalls.resumeWriting(this.transport.protocol(), this.transport);
			case NONE -> {
			}
		}
	}

	/** Call with {@link #lock} held. */
	private void broken(IOException ex) {
		this.transport.abort(IoFailures.typed(ex));
	}

}
