package io.streams.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLEngineResult;

import io.streams.flow.PauseTimes;
import io.streams.flow.WaterMarks;
import io.streams.transport.ProtocolCalls;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * The write side of TLS, for any thread. Written bytes are queued as plain bytes and
 * encrypted at the flush, so that small writes share a record. The size of the buffer
 * counts both layers. Its methods acquire the link's lock; those of {@link TlsOutput}
 * need it held.
 */
final class TlsWriteSide extends TlsOutput {

	/**
	 * Whether the protocol above is paused; a copy of the gate's state for other threads.
	 */
	private volatile boolean paused;

	/** Written under the link's lock, once: {@code writeEof} was called. */
	private volatile @Nullable TlsWriteEnd end;

	/** Whether the loop was asked to flush. */
	private final AtomicBoolean flushPlanned = new AtomicBoolean();

	/** Made once: a method reference would be made for each write. */
	private final Runnable flushOnLoop = this::flushOnLoop;

	TlsWriteSide(TlsLink link) {
		super(link);
	}

	/** Takes over from the transport below. Call with the link's lock held. */
	void begin(Transport lower) {
		startAbove(lower);
		if (lower.writePauseTimes().paused()) {
			// The protocol above pauses since before TLS began, and waits for a call.
			notePaused();
			this.paused = true;
		}
	}

	void write(byte[] data, int offset, int length) {
		link().lock().lock();
		try {
			if (mayWrite(length) && fits(length)) {
				queue().append(data, offset, length);
				afterWrite();
			}
		}
		finally {
			link().lock().unlock();
		}
	}

	void write(ByteBuffer data) {
		link().lock().lock();
		try {
			if (mayWrite(data.remaining()) && fits(data.remaining())) {
				queue().append(data);
				afterWrite();
			}
			else {
				data.position(data.limit());
			}
		}
		finally {
			link().lock().unlock();
		}
	}

	void write(List<byte[]> pieces) {
		long length = pieces.stream().mapToLong((piece) -> piece.length).sum();
		link().lock().lock();
		try {
			if (mayWrite(length) && fits(length)) {
				pieces.forEach((piece) -> queue().append(piece, 0, piece.length));
				afterWrite();
			}
		}
		finally {
			link().lock().unlock();
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
		return !isEndedByPeer(length);
	}

	private boolean isEnded() {
		return this.end != null;
	}

	/** Only a live connection is misused: one that closes may be another thread's. */
	private void refuseWhileAlive() {
		if (link().state().ordinal() > TlsState.OPEN.ordinal() || link().lower().isClosing()) {
			return;
		}
		if (isEnded()) {
			throw new IllegalStateException("Cannot call write() after writeEof(): write first, then end the side");
		}
		refuseInHandshake();
	}

	private void refuseInHandshake() {
		TlsState state = link().state();
		if (state == TlsState.UNWRAPPED || state == TlsState.HANDSHAKE) {
			throw new IllegalStateException("unable to write; the TLS handshake is in progress: wait for startTls");
		}
	}

	private boolean isOpenOrFlushing() {
		return link().isIn(TlsState.OPEN) || link().isIn(TlsState.FLUSHING);
	}

	/** Call with the link's lock held. */
	private void afterWrite() {
		try {
			if (isAboveHighMark(size())) {
				encryptWhatFits();
			}
		}
		catch (IOException ex) {
			link().shutdown().failLater(ex);
		}
		pauseOrResumeProtocol();
		planFlush();
	}

	void flush() {
		link().lock().lock();
		try {
			encryptWhatFits();
			pauseOrResumeProtocol();
		}
		catch (IOException ex) {
			link().shutdown().failLater(ex);
		}
		finally {
			link().lock().unlock();
		}
		link().lower().flush();
	}

	/** Has the loop flush in its next turn. */
	void planFlush() {
		if (this.flushPlanned.compareAndSet(false, true)) {
			link().execute(this.flushOnLoop);
		}
	}

	private void flushOnLoop() {
		this.flushPlanned.set(false);
		if (link().isIn(TlsState.OPEN)) {
			flush();
			TlsWriteEnd writeEnd = this.end;
			if (writeEnd != null) {
				proceedToEnd(writeEnd);
			}
		}
		link().readSide().answersSent();
	}

	/** The transport below has sent something. */
	void sentBelow() {
		if (this.paused) {
			planFlush();
		}
	}

	/** Sends what the engine itself has to say. Event loop only. */
	SSLEngineResult wrapNothing() throws IOException {
		link().lock().lock();
		try {
			return wrapOwn();
		}
		finally {
			link().lock().unlock();
		}
	}

	/** Call with the link's lock held. */
	private void pauseOrResumeProtocol() {
		if (link().isIn(TlsState.CLOSED)) {
			// The protocol has been told that the connection is lost, or is about to be.
			return;
		}
		if (!isPaused() && isSurelyLow()) {
			return;
		}
		switch (pauseMoveOfBoth()) {
			case PAUSE -> {
				this.paused = true;
				ProtocolCalls.pauseWriting(link().upper(), link().transport());
			}
			case RESUME -> {
				this.paused = false;
				ProtocolCalls.resumeWriting(link().upper(), link().transport());
			}
			case NONE -> {
			}
		}
	}

	/** Ends the write side once the queued bytes are encrypted. */
	void end() {
		link().lock().lock();
		try {
			if (link().lower().isClosing()) {
				return;
			}
			refuseInHandshake();
			if (link().isIn(TlsState.OPEN) && !isEnded()) {
				this.end = new TlsWriteEnd(link());
				planFlush();
			}
		}
		finally {
			link().lock().unlock();
		}
	}

	private void proceedToEnd(TlsWriteEnd writeEnd) {
		boolean allEncrypted;
		link().lock().lock();
		try {
			allEncrypted = isEmpty();
		}
		finally {
			link().lock().unlock();
		}
		if (allEncrypted) {
			writeEnd.proceed();
		}
	}

	/** Ends the write side with all queued bytes encrypted. Event loop only. */
	void sendCloseNotifyNow() {
		link().lock().lock();
		try {
			sendCloseNotify();
		}
		catch (IOException ex) {
			link().shutdown().failLater(ex);
		}
		finally {
			link().lock().unlock();
		}
		link().lower().flush();
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

	/** Bytes that are not encrypted yet. */
	long queued() {
		link().lock().lock();
		try {
			return size();
		}
		finally {
			link().lock().unlock();
		}
	}

	/** Bytes of both layers. */
	long sizeOfBoth() {
		link().lock().lock();
		try {
			return size() + link().lower().writeBufferSize();
		}
		finally {
			link().lock().unlock();
		}
	}

	/** Whether the layer below holds more than it should. */
	boolean isAboveHighMarkBelow() {
		return link().lower().writeBufferSize() > limits().high();
	}

	WaterMarks limits() {
		link().lock().lock();
		try {
			return marks();
		}
		finally {
			link().lock().unlock();
		}
	}

	void setLimits(WaterMarks marks) {
		link().lower().setWriteBufferLimits(marks);
		link().lock().lock();
		try {
			setMarks(marks);
			pauseOrResumeProtocol();
		}
		finally {
			link().lock().unlock();
		}
	}

	PauseTimes pauseTimes() {
		link().lock().lock();
		try {
			return pauseTimes(System.nanoTime());
		}
		finally {
			link().lock().unlock();
		}
	}

}
