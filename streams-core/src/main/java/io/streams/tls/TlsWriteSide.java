package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

import io.streams.buffer.SegmentQueue;
import io.streams.flow.PauseGate;
import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ProtocolCalls;
import io.streams.transport.Transport;
import io.streams.transport.WriteBufferOverflowException;

import org.jspecify.annotations.Nullable;

/**
 * Takes plain bytes in and gives records out. What is written is queued as plain bytes
 * and encrypted when it is flushed, so that small writes share a record; no more is
 * encrypted than the transport below has room for, and the buffer's size counts both
 * layers.
 */
final class TlsWriteSide {

	/** Bytes of data in one record. */
	private static final int MAX_DATA_BYTES = 16 * 1024;

	/** Bytes of data in a record at the least, where more is queued. */
	private static final int MIN_DATA_BYTES = 8 * 1024;

	/**
	 * What a record has around its data at the most: 256 bytes and a header (RFC 8446,
	 * section 5.2).
	 */
	private static final int RECORD_OVERHEAD_BYTES = 256 + 5;

	private static final ByteBuffer[] NOTHING = {};

	private final TlsLink link;

	/** Guarded by the link's lock: bytes that were written and not yet encrypted. */
	private final SegmentQueue output = new SegmentQueue();

	/** Guarded by the link's lock. */
	private PauseGate gate = new PauseGate(WaterMarks.DEFAULT);

	/**
	 * Guarded by the link's lock: bytes that the transport below holds unsent, at the
	 * most. Nobody else writes to it, so that it holds less as time goes by; to ask it
	 * costs a lock.
	 */
	private long unsentBelow;

	/** Guarded by the link's lock: bytes that both layers may hold, or 0. */
	private long cap;

	/**
	 * Whether the protocol above is paused; a copy of the gate's state for other threads.
	 */
	private volatile boolean paused;

	/** Written under the link's lock, once: {@code writeEof} was called. */
	private volatile @Nullable TlsWriteEnd end;

	/**
	 * Guarded by the link's lock: the peer's {@code close_notify} ended both sides, and
	 * the engine encrypts no more data.
	 */
	private boolean endedByPeer;

	/** Whether the loop was asked to flush. */
	private final AtomicBoolean flushPlanned = new AtomicBoolean();

	/** Made once: a method reference would be made for each write. */
	private final Runnable flushOnLoop = this::flushOnLoop;

	TlsWriteSide(TlsLink link) {
		this.link = link;
	}

	/** Takes over from the transport below. Call with the link's lock held. */
	void begin(Transport lower) {
		this.gate = new PauseGate(lower.writeBufferLimits());
		this.unsentBelow = lower.writeBufferSize();
		this.cap = lower.maxWriteBuffer();
		if (lower.writePauseTimes().paused()) {
			// The protocol above was told to pause before TLS began; it is to be resumed.
			this.gate.pauseAbove(Long.MAX_VALUE, System.nanoTime());
			this.paused = true;
		}
	}

	void write(byte[] data, int offset, int length) {
		this.link.lock().lock();
		try {
			if (mayWrite(length) && fits(length)) {
				this.output.append(data, offset, length);
				afterWrite();
			}
		}
		finally {
			this.link.lock().unlock();
		}
	}

	void write(ByteBuffer data) {
		this.link.lock().lock();
		try {
			if (mayWrite(data.remaining()) && fits(data.remaining())) {
				this.output.append(data);
				afterWrite();
			}
			else {
				data.position(data.limit());
			}
		}
		finally {
			this.link.lock().unlock();
		}
	}

	void write(List<byte[]> pieces) {
		long length = pieces.stream().mapToLong((piece) -> piece.length).sum();
		this.link.lock().lock();
		try {
			if (mayWrite(length) && fits(length)) {
				pieces.forEach((piece) -> this.output.append(piece, 0, piece.length));
				afterWrite();
			}
		}
		finally {
			this.link.lock().unlock();
		}
	}

	/**
	 * Returns whether bytes can be queued; if not, they are dropped, because the
	 * connection is over. Call with the link's lock held.
	 * @throws IllegalStateException if it is not over
	 */
	private boolean mayWrite(long length) {
		if (isEnded() || !isOpenOrFlushing()) {
			refuseWhileAlive();
			return false;
		}
		if (this.endedByPeer && length > 0) {
			this.link.execute(() -> this.link.shutdown().cutOff(unsendable(length)));
		}
		return !this.endedByPeer;
	}

	private boolean isEnded() {
		return this.end != null;
	}

	/** Only a live connection is misused: one that closes may be another thread's. */
	private void refuseWhileAlive() {
		if (this.link.state().ordinal() > TlsState.OPEN.ordinal() || this.link.lower().isClosing()) {
			return;
		}
		if (isEnded()) {
			throw new IllegalStateException("Cannot call write() after writeEof(): write first, then end the side");
		}
		refuseInHandshake();
	}

	private void refuseInHandshake() {
		TlsState state = this.link.state();
		if (state == TlsState.UNWRAPPED || state == TlsState.HANDSHAKE) {
			throw new IllegalStateException("unable to write; the TLS handshake is in progress: wait for startTls");
		}
	}

	private boolean isOpenOrFlushing() {
		return this.link.isIn(TlsState.OPEN) || this.link.isIn(TlsState.FLUSHING);
	}

	private IOException unsendable(long length) {
		return new ConnectionLostException(
				"The peer's close_notify ended both sides of " + this.link.handshake().version() + ", so " + length
						+ " bytes can no longer be sent: use TLS 1.3, or have the peer read to the end before it"
						+ " ends its side");
	}

	/**
	 * Whether so much more can be held without passing the cap, in the records that it is
	 * going to be. If not, the connection is aborted. Call with the link's lock held.
	 */
	private boolean fits(long length) {
		if (this.cap == 0) {
			return true;
		}
		long data = this.output.size() + length;
		long records = data + (data / MIN_DATA_BYTES + 1) * RECORD_OVERHEAD_BYTES;
		if (isAtMostBelow(this.cap - records)) {
			return true;
		}
		this.link.lower().abort(new WriteBufferOverflowException(records + this.unsentBelow, this.cap));
		return false;
	}

	/** Call with the link's lock held. */
	private void afterWrite() {
		try {
			if (this.output.size() > this.gate.marks().high()) {
				encryptWhatFits();
			}
		}
		catch (IOException ex) {
			this.link.shutdown().failLater(ex);
		}
		pauseOrResumeProtocol();
		planFlush();
	}

	void flush() {
		this.link.lock().lock();
		try {
			encryptWhatFits();
			pauseOrResumeProtocol();
		}
		catch (IOException ex) {
			this.link.shutdown().failLater(ex);
		}
		finally {
			this.link.lock().unlock();
		}
		this.link.lower().flush();
	}

	/** Has the loop flush in its next turn. */
	void planFlush() {
		if (this.flushPlanned.compareAndSet(false, true)) {
			this.link.execute(this.flushOnLoop);
		}
	}

	private void flushOnLoop() {
		this.flushPlanned.set(false);
		if (this.link.isIn(TlsState.OPEN)) {
			flush();
			TlsWriteEnd writeEnd = this.end;
			if (writeEnd != null) {
				proceedToEnd(writeEnd);
			}
		}
		this.link.readSide().answersSent();
	}

	/** The transport below has sent something. */
	void sentBelow() {
		if (this.paused) {
			planFlush();
		}
	}

	/**
	 * Encrypts what is queued as long as the transport below has room. Call with the
	 * link's lock held.
	 */
	private void encryptWhatFits() throws IOException {
		int room = this.gate.marks().high();
		while (!this.output.isEmpty() && isAtMostBelow(room) && this.link.isIn(TlsState.OPEN) && canEncrypt()) {
			encryptOne();
		}
	}

	/**
	 * Whether the transport below holds so much or less. It is asked only if that is not
	 * certain. Call with the link's lock held.
	 */
	private boolean isAtMostBelow(long bytes) {
		if (this.unsentBelow > bytes) {
			this.unsentBelow = this.link.lower().writeBufferSize();
		}
		return this.unsentBelow <= bytes;
	}

	/** Encrypts all that is queued, room or not. Call with the link's lock held. */
	void encryptAll() throws IOException {
		while (!this.output.isEmpty() && canEncrypt()) {
			encryptOne();
		}
	}

	/** Call with the link's lock held. */
	private boolean canEncrypt() {
		return !this.endedByPeer && !this.link.engine().isOutboundDone();
	}

	/**
	 * Notes that the peer's {@code close_notify} ended both sides. Call with the link's
	 * lock held, on the event loop.
	 */
	void endByPeer() {
		this.endedByPeer = true;
		if (!this.output.isEmpty()) {
			this.link.shutdown().cutOff(unsendable(this.output.size()));
		}
	}

	/** Call with the link's lock held. */
	private void encryptOne() throws IOException {
		ByteBuffer record = TlsBuffers.borrow();
		try {
			ByteBuffer[] data = this.output.peekBytes(MAX_DATA_BYTES);
			SSLEngineResult result = this.link.wrap(data, record);
			if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
				throw new SSLException("The TLS engine takes no more data: " + result.getStatus());
			}
			this.output.skip(result.bytesConsumed());
			writeBelow(record);
			if (result.bytesConsumed() > 0) {
				ProtocolCalls.bytesSent(this.link.upper(), this.link.transport(), result.bytesConsumed());
			}
		}
		finally {
			TlsBuffers.giveBack(record);
		}
	}

	/** Has the engine say what it has to say by itself. Event loop only. */
	SSLEngineResult wrapNothing() throws IOException {
		ByteBuffer record = TlsBuffers.borrow();
		this.link.lock().lock();
		try {
			SSLEngineResult result = this.link.wrap(NOTHING, record);
			writeBelow(record);
			return result;
		}
		finally {
			this.link.lock().unlock();
			TlsBuffers.giveBack(record);
		}
	}

	/** Call with the link's lock held. */
	private void writeBelow(ByteBuffer record) throws IOException {
		this.unsentBelow += record.flip().remaining();
		try {
			this.link.lower().write(record);
		}
		catch (IllegalStateException ex) {
			throw new ConnectionLostException("The own side was ended below TLS", ex);
		}
	}

	/** Call with the link's lock held. */
	private void pauseOrResumeProtocol() {
		if (this.link.isIn(TlsState.CLOSED)) {
			// The protocol has been told that the connection is lost, or is about to be.
			return;
		}
		if (!this.gate.isPaused() && this.output.size() + this.unsentBelow <= this.gate.marks().high()) {
			return;
		}
		this.unsentBelow = this.link.lower().writeBufferSize();
		long size = this.output.size() + this.unsentBelow;
		long now = System.nanoTime();
		if (this.gate.pauseAbove(size, now)) {
			this.paused = true;
			ProtocolCalls.pauseWriting(this.link.upper(), this.link.transport());
		}
		else if (this.gate.resumeAtOrBelow(size, now)) {
			this.paused = false;
			ProtocolCalls.resumeWriting(this.link.upper(), this.link.transport());
		}
	}

	/** Ends the write side once the queued bytes are encrypted. */
	void end() {
		this.link.lock().lock();
		try {
			if (this.link.lower().isClosing()) {
				return;
			}
			refuseInHandshake();
			if (this.link.isIn(TlsState.OPEN) && !isEnded()) {
				this.end = new TlsWriteEnd(this.link);
				planFlush();
			}
		}
		finally {
			this.link.lock().unlock();
		}
	}

	private void proceedToEnd(TlsWriteEnd writeEnd) {
		boolean allEncrypted;
		this.link.lock().lock();
		try {
			allEncrypted = this.output.isEmpty();
		}
		finally {
			this.link.lock().unlock();
		}
		if (allEncrypted) {
			writeEnd.proceed();
		}
	}

	/** Ends the write side with all queued bytes encrypted. Event loop only. */
	void sendCloseNotifyNow() {
		this.link.lock().lock();
		try {
			sendCloseNotify();
		}
		catch (IOException ex) {
			this.link.shutdown().failLater(ex);
		}
		finally {
			this.link.lock().unlock();
		}
		this.link.lower().flush();
	}

	/** The peer ended its side. Event loop only. */
	void peerEnded() {
		if (isEnded()) {
			planFlush();
		}
	}

	/** The connection is over. Event loop only. */
	void over() {
		TlsWriteEnd writeEnd = this.end;
		if (writeEnd != null) {
			writeEnd.cancel();
		}
	}

	/** Says goodbye, or what the engine has against the peer. Call with the lock held. */
	void sendCloseNotify() throws IOException {
		SSLEngine engine = this.link.engine();
		engine.closeOutbound();
		// An engine that never comes to its end would fill the memory.
		for (int i = 0; i < TlsLink.MAX_IDLE_CALLS && !engine.isOutboundDone(); i++) {
			if (wrapNothing().bytesProduced() == 0) {
				break;
			}
		}
	}

	/** Drops what is queued. Call with the link's lock held. */
	void clear() {
		this.output.clear();
	}

	/** Bytes that are not encrypted yet. */
	long queued() {
		this.link.lock().lock();
		try {
			return this.output.size();
		}
		finally {
			this.link.lock().unlock();
		}
	}

	/** Bytes of both layers. */
	long size() {
		this.link.lock().lock();
		try {
			return this.output.size() + this.link.lower().writeBufferSize();
		}
		finally {
			this.link.lock().unlock();
		}
	}

	/** Whether the layer below holds more than it should. */
	boolean isAboveHighMarkBelow() {
		return this.link.lower().writeBufferSize() > limits().high();
	}

	WaterMarks limits() {
		this.link.lock().lock();
		try {
			return this.gate.marks();
		}
		finally {
			this.link.lock().unlock();
		}
	}

	void setLimits(WaterMarks marks) {
		this.link.lower().setWriteBufferLimits(marks);
		this.link.lock().lock();
		try {
			this.gate.setMarks(marks);
			pauseOrResumeProtocol();
		}
		finally {
			this.link.lock().unlock();
		}
	}

	PauseTimes pauseTimes() {
		this.link.lock().lock();
		try {
			return this.gate.times(System.nanoTime());
		}
		finally {
			this.link.lock().unlock();
		}
	}

}
