package io.streams.loop;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.socket.StreamSocket;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.TransportOptions;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a socket's connection, made when the connection is first closed, aborted or
 * lost. Holds the state from then on: a transport without a close sequence is open.
 *
 * <pre>
 *   CLOSING ──all sent──▶ LINGERING ──peer's FIN, or bound──▶ CLOSED
 *      └──────────────────────┴──abort, reset, deadline────────▲
 * </pre>
 *
 * Event loop only, unless stated otherwise. The lock of {@link SocketOutput} guards each
 * move of the state.
 */
final class CloseSequence {

	private static final Logger logger = LoggerFactory.getLogger(CloseSequence.class);

	/** Maximum number of reads that discard input in one iteration. */
	private static final int READS_PER_ITERATION = 16;

	/**
	 * Bytes of a broken connection's input that are delivered at most. The system's
	 * receive buffer holds less: this bounds a peer that goes on sending meanwhile.
	 */
	private static final int MAX_REST_BYTES = 16 * 1024 * 1024;

	/**
	 * Bytes that are dropped while lingering, at most, once the peer has acknowledged
	 * everything: a peer may send without end.
	 */
	private static final int MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

	private final SocketTransport transport;

	private final StreamSocket socket;

	private final SocketEvents events;

	private final SocketOutput output;

	private final TransportOptions settings;

	/** Written with the output's lock held. */
	private volatile TransportState state = TransportState.CLOSING;

	/**
	 * Written with the output's lock held: an abort waits for the event loop.
	 * {@link #failure} is its reason, if it has one.
	 */
	private volatile boolean aborted;

	/**
	 * Written with the output's lock held: once by an abort, before {@link #aborted}, or
	 * by the event loop. The loop reads it after either.
	 */
	private @Nullable IOException failure;

	/**
	 * Bytes that were dropped, or one more than the maximum: bytes after them are dropped
	 * too.
	 */
	private int discarded;

	/** When bytes were last dropped, if any were. */
	private long discardedAt;

	CloseSequence(SocketTransport transport, TransportOptions settings) {
		this.transport = transport;
		this.socket = transport.socket();
		this.events = transport.events();
		this.output = transport.output();
		this.settings = settings;
	}

	/** Returns the state, which is not {@link TransportState#OPEN}. Any thread. */
	TransportState state() {
		return this.state;
	}

	/** Whether an abort waits for the event loop, or has ended. Any thread. */
	boolean isAborted() {
		return this.aborted;
	}

	/**
	 * Whether written bytes are still queued. Any thread, with the output's lock held.
	 */
	boolean acceptsWrites() {
		return !this.aborted && this.state == TransportState.CLOSING;
	}

	/**
	 * Drops queued bytes, and makes the next iteration close the connection. Any thread,
	 * with the output's lock held.
	 * @return whether this call aborted the connection; {@code false} if it is closed or
	 * aborted already
	 */
	boolean abort(@Nullable IOException cause) {
		if (this.aborted || this.state == TransportState.CLOSED) {
			return false;
		}
		this.failure = cause;
		this.aborted = true;
		this.output.clear();
		return true;
	}

	/** When bytes of the peer were last dropped; {@code since} if that was before. */
	long discardedSince(long since) {
		return (hasDiscarded() && this.discardedAt - since > 0) ? this.discardedAt : since;
	}

	/** Carries on what was requested, after a flush. */
	void advance() {
		if (this.aborted) {
			finishAbort();
		}
		else if (this.state == TransportState.CLOSING) {
			advanceClosing();
		}
	}

	private void advanceClosing() {
		this.events.deadlines().closingBegan();
		if (!endOutput()) {
			this.events.deadlines().plan();
			return;
		}
		if (this.failure != null) {
			finish(this.failure, false);
		}
		else if (hasReceivedAll()) {
			finish(null, false);
		}
		else {
			this.events.deadlines().lingeringBegan();
			this.transport.protocol().lingering();
			this.events.deadlines().plan();
		}
	}

	/**
	 * Lingers from now on, if all was sent; a thread that writes while the connection
	 * closes may have added bytes until now.
	 * @return {@code false} if there is something to send, or an abort waits
	 */
	private boolean endOutput() {
		this.output.lock().lock();
		try {
			if (this.aborted || this.output.hasUnsent()) {
				// After an abort it is empty, and the peer must not take that for all.
				return false;
			}
			moveTo(TransportState.LINGERING);
			if (!hasReceivedAll()) {
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
	private boolean hasReceivedAll() {
		return this.events.isEnded() || this.settings.lingerTimeout().isZero();
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
	 * Reads and drops, so that the close does not reset what the peer has yet to read.
	 */
	void discardInput() {
		if (this.aborted || this.state == TransportState.CLOSED) {
			// After an abort, breakOff delivers the rest of the input or drops it.
			return;
		}
		try {
			readAndDrop();
			if (this.state == TransportState.LINGERING) {
				finishIfHeardEnough();
			}
		}
		catch (IOException ex) {
			// A peer that has read everything ends its side. One that resets has not.
			finish(IoFailures.typed(ex), false);
		}
	}

	private void readAndDrop() throws IOException {
		for (int i = 0; i < READS_PER_ITERATION && !this.events.isEnded(); i++) {
			int n = this.socket.read(this.transport.loop().readBuffer());
			if (n > 0) {
				this.discarded = Math.min(this.discarded + n, MAX_DISCARDED_BYTES + 1);
				this.discardedAt = this.transport.loop().now();
			}
			if (n < 0) {
				endInput();
			}
			if (n < EventLoop.READ_BYTES) {
				break;
			}
		}
	}

	/** If no byte was dropped, the protocol has received everything the peer sent. */
	private void endInput() {
		this.events.end(this.transport.loop().now());
		if (!hasDiscarded()) {
			this.transport.protocol().eofReceived();
		}
	}

	private boolean hasDiscarded() {
		return this.discarded > 0;
	}

	private void finishIfHeardEnough() {
		if (this.events.isEnded()) {
			finish(null, false);
		}
		else if (this.discarded > MAX_DISCARDED_BYTES) {
			finishEndlessInput(this.socket.unacknowledged());
		}
	}

	/** The close will reset a peer that goes on sending, so it must have received all. */
	private void finishEndlessInput(long unacknowledged) {
		if (unacknowledged == 0) {
			finish(null, false);
		}
		else if (unacknowledged < 0) {
			finish(new ConnectionLostException("The peer has sent " + MAX_DISCARDED_BYTES
					+ " bytes since the close, and the system does not tell whether it has received everything"), true);
		}
	}

	/**
	 * Ends a broken connection. The protocol first receives the bytes that the system
	 * still holds, even while reading is paused: bytes that arrived before the end are
	 * the reader's.
	 * @param reset whether the peer is sent a reset
	 */
	void breakOff(IOException cause, boolean reset) {
		if (!this.events.isEnded() && !hasDiscarded()) {
			readRest(cause);
		}
		finish(cause, reset);
	}

	/**
	 * Delivers the input that the system holds.
	 * @param cause why the connection ends. After a deadline, an end of stream is the
	 * peer's. After an error it may be the error, which the system shows once only
	 */
	private void readRest(IOException cause) {
		try {
			int n = readRest();
			if (n < 0 && cause instanceof ConnectionTimeoutException) {
				this.events.end(this.transport.loop().now());
				this.transport.protocol().eofReceived();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// The connection is broken already, and its first failure is the one to tell.
			logger.debug("The rest of the input of {} could not be read", this.transport, ex);
		}
	}

	/** Returns the result of the last read. */
	private int readRest() throws IOException {
		int n;
		int total = 0;
		do {
			ByteBuffer buffer = this.transport.loop().readBuffer();
			n = this.socket.read(buffer);
			if (n > 0) {
				total += n;
				this.transport.protocol().dataReceived(buffer.flip());
			}
		}
		while (n > 0 && total < MAX_REST_BYTES);
		return n;
	}

	/**
	 * Closes the socket, and notifies the protocol.
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
			if (reason == null && !this.aborted && this.output.hasUnsent()) {
				reason = IoFailures.reset(null);
			}
			moveTo(TransportState.CLOSED);
			this.output.close();
		}
		finally {
			this.output.lock().unlock();
		}
		try {
			this.events.release(reset);
		}
		finally {
			// Also without memory: a thread that waits has to hear of it.
			this.transport.protocol().connectionLost(reason);
		}
	}

	/** Closes a connection that the protocol refused: it hears nothing of the end. */
	void discardUnopened() {
		this.output.lock().lock();
		try {
			this.state = TransportState.CLOSED;
			this.output.close();
		}
		finally {
			this.output.lock().unlock();
		}
	}

	/** Call with the output's lock held. */
	private void moveTo(TransportState next) {
		if (!this.state.canMoveTo(next)) {
			throw new IllegalStateException("illegal move from " + this.state + " to " + next);
		}
		this.state = next;
	}

}
