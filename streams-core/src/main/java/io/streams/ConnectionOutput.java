package io.streams;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.streams.flow.FlowControl;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * The write side of a connection: its transport, the gate of its writers, and the bytes
 * that came too late. It is a superclass of {@link ConnectionCore}, so that a connection
 * has one object for all parts. Safe for use by any thread.
 */
abstract class ConnectionOutput extends HandlerTurn {

	private static final AtomicReferenceFieldUpdater<ConnectionOutput, @Nullable Thread> TRANSFERRING = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionOutput.class, Thread.class, "transferring");

	private static final AtomicReferenceFieldUpdater<ConnectionOutput, @Nullable CloseReason> CLOSE_REASON = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionOutput.class, CloseReason.class, "closeReason");

	private static final AtomicLongFieldUpdater<ConnectionOutput> SENT = AtomicLongFieldUpdater
		.newUpdater(ConnectionOutput.class, "sent");

	/** Replaced once by an upgrade to TLS, on the event loop. */
	private volatile Transport transport;

	private final FlowControl flow;

	/** The first reason there was, by way of {@link #CLOSE_REASON}, or a better one. */
	private volatile @Nullable CloseReason closeReason;

	/** Bytes. Written with the transport's lock held, by way of {@link #SENT}. */
	private volatile long sent;

	/** Set once: bytes were written after the peer had ended the connection. */
	private volatile boolean writtenTooLate;

	/** Written by each writer: bytes may have been dropped after the local close. */
	private volatile boolean writtenAtEnd;

	/** Set once: the writer has ended the write side. */
	private volatile boolean outputEnded;

	/**
	 * The thread that transfers a file, which alone may write. Changed by way of
	 * {@link #TRANSFERRING}; a field of its own, as each write looks at it.
	 */
	private volatile @Nullable Thread transferring;

	/**
	 * Made by the first write during a pause, by any thread; dropped when the pause ends.
	 */
	private volatile @Nullable UndrainedWrites undrained;

	ConnectionOutput(Transport transport) {
		this.transport = transport;
		// After an upgrade to TLS the event loop is the same.
		this.flow = new FlowControl(transport.loop());
	}

	/** Returns the connection's random id, in hexadecimal digits. */
	abstract String id();

	/** Returns the name of the server that accepted it, or {@code null}. */
	abstract @Nullable String serverName();

	final Transport transport() {
		return this.transport;
	}

	/** Puts another transport in the place of the present one. Event loop only. */
	void replaceTransport(Transport transport) {
		this.transport = transport;
	}

	final FlowControl flow() {
		return this.flow;
	}

	/** Why the connection ends, as far as it is known. */
	final @Nullable CloseReason closeReason() {
		return this.closeReason;
	}

	/** Notes why the connection ends, unless there is a reason already. */
	final void noteFirstReason(CloseReason reason) {
		CLOSE_REASON.compareAndSet(this, null, reason);
	}

	/** Replaces the reason of the end by a better one. */
	final void replaceReason(CloseReason reason) {
		this.closeReason = reason;
	}

	/**
	 * Whether bytes that are written now are dropped: the handler has returned, or the
	 * connection is lost, aborted, or closed with everything sent.
	 */
	final boolean isOver() {
		if (isReleased() || this.flow.state() == FlowControl.State.LOST) {
			return true;
		}
		Transport transport = this.transport;
		return transport.isClosing() && transport.writeBufferSize() == 0;
	}

	/**
	 * Creates the exception for a caller that writes to a connection that
	 * {@linkplain #isOver() is over}.
	 * @return a new exception: {@link ConnectionClosedException} if the local side ended
	 * the connection, else the loss with the transport's error as its cause
	 */
	final IOException lossForWriters() {
		IOException cause = this.flow.cause();
		if (cause instanceof ConnectionResetException) {
			return new ConnectionResetException("Connection lost: " + cause.getMessage(), cause);
		}
		if (cause != null && !(cause instanceof ConnectionClosedException)) {
			return new ConnectionLostException("Connection lost: " + cause.getMessage(), cause);
		}
		if (isReleased()) {
			return new ConnectionClosedException("Connection lost: the handler of connection " + id()
					+ " has returned, which closed the connection, so bytes written since are dropped: catch this"
					+ " exception where you write to the connections of other handlers", cause);
		}
		if (cause != null || this.closeReason != null || this.flow.state() == FlowControl.State.LOST) {
			return new ConnectionClosedException("Connection lost: the local side has closed connection " + id()
					+ ", so bytes written since are dropped: write and drain before you close it", cause);
		}
		// The transport broke and has yet to say why.
		return new ConnectionLostException("Connection lost");
	}

	/**
	 * Returns whether bytes can be queued. If not, the handler has returned, and the
	 * bytes are dropped; the transport drops them at every other kind of end.
	 * @throws IllegalStateException if another thread is in
	 * {@link StreamWriter#transferFrom}
	 */
	private boolean mayWrite() {
		if (isReleased()) {
			return false;
		}
		Thread owner = this.transferring;
		if (owner == null || owner == Thread.currentThread()) {
			return true;
		}
		if (isOver()) {
			return false;
		}
		throw new IllegalStateException("unable to write; transferFrom is in progress: wait until it has returned");
	}

	/**
	 * A write begins. Returns whether the bytes can be queued; if not, they are dropped.
	 * @throws IllegalStateException if another thread transfers a file
	 */
	final boolean beforeWrite(long length) {
		if (!mayWrite()) {
			return false;
		}
		if (this.flow.isPaused()) {
			noticeMissingDrain(length);
		}
		yieldIfWaitIsOverdue();
		noteWrite(length);
		return true;
	}

	/**
	 * Each of many threads may write once more during a pause, and then waits in its
	 * drain. A thread that does not drain goes on.
	 */
	private void noticeMissingDrain(long length) {
		Transport transport = this.transport;
		long bound = 8L * Math.max(transport.writeBufferLimits().high(), 1024);
		if (undrained().note(length) > bound && transport.writeBufferSize() > bound) {
			Misuse.WRITE_WITHOUT_DRAIN.report(serverName());
		}
	}

	/** Yields if the handler never waits: virtual threads are not preempted. */
	final void yieldIfWaitIsOverdue() {
		if (isWaitOverdue()) {
			this.transport.loop().yieldFairly();
			noteYield();
		}
	}

	/** A write is about to return. */
	final void afterWrite(Transport transport) {
		noteWriteAtEnd(transport);
		if (transport.state() == TransportState.CLOSED) {
			noteLateWrite();
		}
	}

	/**
	 * Throws if bytes that are written now are dropped.
	 * @throws IOException why they are
	 */
	final void refuseIfOver() throws IOException {
		if (isOver() && !isStoppedWithAllSent()) {
			throw lossForWriters();
		}
	}

	/**
	 * Notes that bytes were dropped, because they were written after the peer had ended
	 * the connection. After a local end, {@code drain} alone tells.
	 */
	private void noteLateWrite() {
		if (this.closeReason == null) {
			this.writtenTooLate = true;
		}
	}

	/**
	 * A write is about to return. A transport that closes takes bytes until it has sent
	 * all; TLS does not say until when.
	 */
	private void noteWriteAtEnd(Transport transport) {
		if (this.closeReason == null || this.writtenAtEnd) {
			return;
		}
		TransportState state = transport.state();
		boolean taken = state == TransportState.OPEN || state == TransportState.CLOSING;
		if (!taken || transport.info().get(TransportInfo.TLS_SESSION) != null) {
			this.writtenAtEnd = true;
		}
	}

	/**
	 * Whether the server's stop closed the connection after the last write, and all bytes
	 * were sent: then a drain has nothing to report.
	 */
	private boolean isStoppedWithAllSent() {
		return this.closeReason == CloseReason.SERVER_STOPPED && !this.writtenAtEnd && !this.writtenTooLate
				&& !isReleased() && this.flow.cause() == null;
	}

	/** Returns the bytes written in the present pause and not drained. Any thread. */
	private UndrainedWrites undrained() {
		UndrainedWrites undrained = this.undrained;
		if (undrained == null) {
			// Two threads may both make one: a writer without a drain is noticed later.
			undrained = new UndrainedWrites();
			this.undrained = undrained;
		}
		return undrained;
	}

	/** The calling thread drains. */
	final void noteDrain() {
		UndrainedWrites undrained = this.undrained;
		if (undrained != null) {
			undrained.drained();
		}
	}

	final @Nullable Thread transferring() {
		return this.transferring;
	}

	/** Has the calling thread alone write, unless another one does already. */
	final boolean beginTransfer() {
		return TRANSFERRING.compareAndSet(this, null, Thread.currentThread());
	}

	final void endTransfer() {
		this.transferring = null;
	}

	/** Ends the write side after the queued bytes. */
	final void endOutput() {
		this.transport.writeEof();
		this.outputEnded = true;
	}

	final boolean isOutputEnded() {
		return this.outputEnded;
	}

	/** Notes bytes that the system has taken. Call with the transport's lock held. */
	final void addSent(long count) {
		SENT.lazySet(this, this.sent + count);
	}

	final long sent() {
		return this.sent;
	}

	final long unsentBytes() {
		return this.transport.writeBufferSize();
	}

	/** Whether bytes were written after the peer had ended the connection. */
	final boolean isWrittenTooLate() {
		return this.writtenTooLate;
	}

	/** Forgets the bytes that were not drained: the pause of writing has ended. */
	final void forgetUndrained() {
		this.undrained = null;
	}

}
