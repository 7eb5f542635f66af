package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import javax.net.ssl.SSLException;

import io.streams.flow.FairYield;
import io.streams.flow.FlowControl;
import io.streams.flow.FreshFailure;
import io.streams.tls.TlsTransport;
import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.MemoryExceededException;
import io.streams.transport.SlowConsumerException;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportLoop.Cancellable;
import io.streams.transport.TransportState;
import io.streams.transport.WriteBufferOverflowException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All there is of one connection, for as long as its transport lives. Safe for use by any
 * thread.
 * <p>
 * What users hold is a {@link StreamConnection}: {@link #view()}, which lives as long as
 * this, for handlers and listeners; and for whoever opened a connection one of its own,
 * so that it can be found out when nobody holds it any more.
 */
final class ConnectionCore implements InputListener {

	private static final Logger logger = LoggerFactory.getLogger(StreamConnection.class);

	/** Reports of slow consumers per second, over all servers of the process. */
	private static final RateLimit SLOW_CONSUMERS = new RateLimit(10);

	/** Lines a second about connections that were given up, over all servers. */
	private static final RateLimit GIVEN_UP = new RateLimit(10);

	/** Bytes after which a writer that never has to wait lets others run. */
	private static final int TURN_BYTES = 256 * 1024;

	/**
	 * How long a handler on a virtual thread may run without a wait before a call yields:
	 * about 5 ms, in {@linkplain #ticks ticks}.
	 */
	private static final int TURN_TICKS = 5 * 1000;

	/** Calls as close as this, about 100 µs, are not looked at one by one. */
	private static final int CLOSE_TICKS = 100;

	/** Calls that are passed over after two close ones. */
	private static final int CLOSE_CALLS = 8;

	/** Calls that are passed over after a wait: to read, to write and to drain. */
	private static final int CALLS_AFTER_WAIT = 3;

	/** What a write and its drain cost besides their bytes, in bytes. */
	private static final int COST_OF_WRITE = 1024;

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final AtomicReferenceFieldUpdater<ConnectionCore, @Nullable Thread> TRANSFERRING = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionCore.class, Thread.class, "transferring");

	private static final AtomicReferenceFieldUpdater<ConnectionCore, @Nullable CloseReason> CLOSE_REASON = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionCore.class, CloseReason.class, "closeReason");

	@SuppressWarnings("rawtypes")
	private static final AtomicReferenceFieldUpdater<ConnectionCore, @Nullable CompletableFuture> CLOSED = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionCore.class, CompletableFuture.class, "closed");

	private static final AtomicLongFieldUpdater<ConnectionCore> SENT = AtomicLongFieldUpdater
		.newUpdater(ConnectionCore.class, "sent");

	private final long id = RANDOM.nextLong();

	private final long openedAt = System.currentTimeMillis();

	private final long openedNanos = System.nanoTime();

	private final ConnectionContext owner;

	private final StreamListener listener;

	/** Replaced once by an upgrade to TLS, on the event loop. */
	private volatile Transport transport;

	private final ReadSide readSide;

	private final FlowControl flow;

	private final StreamConnection view;

	/**
	 * Of the end of the connection. Made by whoever asks for it first, or by the end, by
	 * way of {@link #CLOSED}.
	 */
	private volatile @Nullable CompletableFuture<@Nullable Void> closed;

	/** The first reason there was, by way of {@link #CLOSE_REASON}, or a better one. */
	private volatile @Nullable CloseReason closeReason;

	/** Bytes. Written with the transport's lock held, by way of {@link #SENT}. */
	private volatile long sent;

	private volatile @Nullable Thread handlerThread;

	private volatile boolean handlerRunning;

	private volatile boolean stopping;

	/** Set once: bytes were written after the peer had ended the connection. */
	private volatile boolean writtenTooLate;

	/** Written by each writer: bytes may have been dropped after the local close. */
	private volatile boolean writtenAtEnd;

	/** Set once: the own side was ended, as far as its writer did so. */
	private volatile boolean outputEnded;

	/** Set once: the handler has returned, or nobody holds the connection. */
	private volatile boolean released;

	/**
	 * The thread that transfers a file, which alone may write. Changed by way of
	 * {@link #TRANSFERRING}; a field of its own, as each write looks at it.
	 */
	private volatile @Nullable Thread transferring;

	/**
	 * What was written since the handler last waited, in bytes. A hint, for any thread:
	 * an update that is lost has a writer let others run a little later.
	 */
	private long writtenInTurn;

	/**
	 * When the handler began to run without a wait, in ticks; 0 if that is not known yet.
	 * A hint, like the two below: written by the handler's thread, and by others that
	 * write to the connection. A lost update has a handler yield earlier or later.
	 */
	private int busySince;

	/** When the time was last looked at, in ticks. */
	private int lookedAt;

	/** Calls to come that do not look at the time. */
	private int skippedCalls;

	/**
	 * Guarded by the transport's order of pause and resume: the present pause of writing.
	 */
	private @Nullable WritePause writePause;

	/**
	 * Made by the first write during a pause, by any thread; dropped when the pause ends.
	 */
	private volatile @Nullable UndrainedWrites undrained;

	/**
	 * The thread that tells the listener of what is written. Written with the transport's
	 * lock held; read by any thread, to find out whether it is the one itself.
	 */
	private @Nullable Thread tellingOfWrites;

	ConnectionCore(ConnectionContext owner, Transport transport, StreamReader reader) {
		this.owner = owner;
		this.listener = owner.listener();
		this.transport = transport;
		this.readSide = reader.side();
		// After an upgrade to TLS the event loop is the same.
		this.flow = new FlowControl(transport.loop());
		this.view = new StreamConnection(this, reader);
	}

	/**
	 * The connection for whoever opened it. It is closed and reported when nobody holds
	 * it, its reader or its writer any more.
	 * @param opener where it was opened, if that was noted
	 */
	StreamConnection viewForOpener(@Nullable Throwable opener) {
		Object guard = new Object();
		AbandonedConnection.watch(guard, this, opener);
		return new StreamConnection(this, new StreamReader(this.readSide, guard));
	}

	/** The connection as handlers and listeners know it. */
	StreamConnection view() {
		return this.view;
	}

	ReadSide readSide() {
		return this.readSide;
	}

	FlowControl flow() {
		return this.flow;
	}

	String id() {
		return HexFormat.of().toHexDigits(this.id);
	}

	@Nullable String serverName() {
		return this.owner.serverName();
	}

	@Nullable SocketAddress localAddress() {
		return info().localAddress();
	}

	@Nullable SocketAddress remoteAddress() {
		return info().remoteAddress();
	}

	TransportInfo info() {
		return this.transport.info();
	}

	boolean isStopping() {
		return this.stopping;
	}

	@Nullable Thread handlerThread() {
		return this.handlerThread;
	}

	void pauseReading() {
		this.readSide.hold(true);
	}

	void resumeReading() {
		this.readSide.hold(false);
	}

	ConnectionSnapshot snapshot() {
		long now = System.nanoTime();
		BufferSnapshot writing = new BufferSnapshot(this.transport.writeBufferSize(),
				this.transport.writeBufferLimits(), this.transport.writePauseTimes(), this.sent);
		ReadState reading = this.readSide.state();
		return new ConnectionSnapshot(id(), serverName(), this.transport.state(), localAddress(), remoteAddress(),
				Instant.ofEpochMilli(this.openedAt), Duration.ofNanos(now - this.openedNanos),
				Duration.ofNanos(this.transport.idleNanos()), this.readSide.snapshot(now), writing, this.flow.waiting(),
				reading.ended(), this.handlerRunning, reading.held(), this.readSide.activityTimes(now));
	}

	void abort() {
		abort(CloseReason.ABORTED);
	}

	/**
	 * Aborts. This is the reason of the end even if a close is in progress: the abort
	 * drops what that has not delivered.
	 */
	void abort(CloseReason reason) {
		if (this.transport.state() != TransportState.CLOSED) {
			this.closeReason = reason;
		}
		this.transport.abort();
	}

	/**
	 * Whether the connection waits for its peer to send, to take bytes or to agree on
	 * TLS.
	 */
	boolean isWaitingForPeer() {
		return this.flow.isPaused() || this.readSide.state().isReadPending()
				|| (this.transport instanceof TlsTransport tls && !tls.handshake().isDone());
	}

	/** Whether the handler has returned; bytes written from now on are dropped. */
	boolean isReleased() {
		return this.released;
	}

	/**
	 * Whether bytes that are written now are dropped: the handler has returned, or the
	 * connection is lost, aborted, or closed with everything sent.
	 */
	boolean isOver() {
		if (this.released || this.flow.state() == FlowControl.State.LOST) {
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
	IOException lossForWriters() {
		IOException cause = this.flow.cause();
		if (cause instanceof ConnectionResetException) {
			return new ConnectionResetException("Connection lost: " + cause.getMessage(), cause);
		}
		if (cause != null && !(cause instanceof ConnectionClosedException)) {
			return new ConnectionLostException("Connection lost: " + cause.getMessage(), cause);
		}
		if (this.released) {
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
	 * Notes that bytes were dropped, because they were written after the peer had ended
	 * the connection. After a local end, {@code drain} alone tells.
	 */
	void noteLateWrite() {
		if (this.closeReason == null) {
			this.writtenTooLate = true;
		}
	}

	/**
	 * A write is about to return. A transport that closes takes bytes until it has sent
	 * all; TLS does not say until when.
	 */
	void noteWriteAtEnd(Transport transport) {
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
	boolean isStoppedWithAllSent() {
		return this.closeReason == CloseReason.SERVER_STOPPED && !this.writtenAtEnd && !this.writtenTooLate
				&& !this.released && this.flow.cause() == null;
	}

	/** Returns the bytes written in the present pause and not drained. Any thread. */
	UndrainedWrites undrained() {
		UndrainedWrites undrained = this.undrained;
		if (undrained == null) {
			// Two threads may both make one: a writer without a drain is noticed later.
			undrained = new UndrainedWrites();
			this.undrained = undrained;
		}
		return undrained;
	}

	/** The calling thread drains. */
	void noteDrain() {
		UndrainedWrites undrained = this.undrained;
		if (undrained != null) {
			undrained.drained();
		}
	}

	void noteWrite(long bytes) {
		this.writtenInTurn += bytes + COST_OF_WRITE;
	}

	/** The handler waits, and so leaves its carrier to others. */
	@Override
	public void noteWait() {
		this.writtenInTurn = 0;
		this.busySince = 0;
		this.skippedCalls = CALLS_AFTER_WAIT;
	}

	/** The handler begins to run. */
	void noteStart(long now) {
		this.busySince = ticks(now);
		this.lookedAt = this.busySince;
	}

	/** The handler has yielded, and goes on. */
	@Override
	public void noteYield() {
		this.writtenInTurn = 0;
		noteStart(System.nanoTime());
		this.skippedCalls = 0;
	}

	/**
	 * Whether a writer has to yield: it wrote so much without a wait, or its handler ran
	 * for too long. Few handlers ever get there: most wait for a request before they have
	 * answered so many.
	 */
	boolean isWaitOverdue() {
		return this.writtenInTurn > FairYield.turn(TURN_BYTES) || isTurnOver();
	}

	/**
	 * Whether the calling thread is the handler's, is virtual, and has run for too long
	 * without a wait. Every call of a handler asks, and most do not look at the time:
	 * calls that follow a wait or each other closely are passed over.
	 */
	@Override
	public boolean isTurnOver() {
		if (this.skippedCalls > 0) {
			this.skippedCalls--;
			return false;
		}
		Thread thread = Thread.currentThread();
		if (thread != this.handlerThread || !thread.isVirtual()) {
			return false;
		}
		int now = ticks(System.nanoTime());
		this.skippedCalls = (now - this.lookedAt < CLOSE_TICKS) ? CLOSE_CALLS : 0;
		this.lookedAt = now;
		if (this.busySince == 0) {
			this.busySince = now;
		}
		int ran = now - this.busySince;
		// Negative after half an hour.
		return ran > FairYield.turn(TURN_TICKS) || ran < 0;
	}

	/** A reading of the monotonic clock in ticks of 1024 ns; it overflows. */
	private static int ticks(long nanos) {
		return (int) (nanos >> 10);
	}

	@Nullable Thread transferring() {
		return this.transferring;
	}

	/** Has the calling thread alone write, unless another one does already. */
	boolean beginTransfer() {
		return TRANSFERRING.compareAndSet(this, null, Thread.currentThread());
	}

	void endTransfer() {
		this.transferring = null;
	}

	boolean isClosed() {
		CompletableFuture<@Nullable Void> closed = this.closed;
		return closed != null && closed.isDone();
	}

	@Override
	public String toString() {
		String serverName = serverName();
		return "StreamConnection[id=" + id() + ((serverName != null) ? ", server=" + serverName : "") + ", local="
				+ localAddress() + ", remote=" + PeerText.printable(remoteAddress()) + ", state="
				+ this.transport.state() + "]";
	}

	/**
	 * Closes after what is queued was sent.
	 * @param reason why, or {@code null} if the transport ends already and knows why
	 */
	void close(@Nullable CloseReason reason) {
		if (reason != null) {
			CLOSE_REASON.compareAndSet(this, null, reason);
		}
		Transport transport = this.transport;
		transport.close();
		// A listener may close with the transport's lock held, which comes after the
		// reader's: a thread that takes both here could deadlock.
		transport.loop().execute(this.readSide::noteClosing);
	}

	/**
	 * An upgrade to TLS failed, which is why the connection ends, whatever whoever asked
	 * for it does next; and nothing that came in plain is read any more.
	 */
	void upgradeFailed(IOException cause) {
		CLOSE_REASON.compareAndSet(this, null, CloseReason.TLS_ERROR);
		this.readSide.invalidate(cause);
	}

	/** Ends the own side after what is queued. */
	void endOutput() {
		this.transport.writeEof();
		this.outputEnded = true;
	}

	boolean isOutputEnded() {
		return this.outputEnded;
	}

	/**
	 * The grace period of the server's stop is over: reads end, queued bytes are sent,
	 * and the connection is closed.
	 */
	void endGrace() {
		this.readSide.noteGraceOver();
		close(CloseReason.SERVER_STOPPED);
		// The dependents of a read run on the connection's event loop.
		this.transport.loop().execute(this.readSide::endGrace);
	}

	/**
	 * Cuts the connection off at the end of its server's stop; one that has sent
	 * everything only stops to linger.
	 */
	void forceClose() {
		if (!isLingering()) {
			this.closeReason = CloseReason.SERVER_STOP_FORCED;
		}
		this.transport.abort(new ConnectionClosedException("The server stopped and cut the connection off"));
	}

	/** Whether a close has sent everything, and waits for the peer's end. */
	boolean isLingering() {
		return this.transport.state() == TransportState.LINGERING;
	}

	/** Tells reader and handler that the server stops. */
	void beginStop() {
		this.stopping = true;
		// The dependents of a read run on the connection's event loop.
		this.transport.loop().execute(() -> this.readSide.beginStop(this.owner.quietPeriod()));
	}

	/**
	 * Completes with the end of the connection, exceptionally if bytes were lost. Each
	 * caller gets a future of its own, and with it an exception of its own.
	 */
	CompletableFuture<@Nullable Void> whenClosed() {
		CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
		closed().whenComplete((nothing, failure) -> {
			if (failure instanceof IOException cause) {
				future.completeExceptionally(FreshFailure.of(cause));
			}
			else if (this.writtenTooLate) {
				future.completeExceptionally(new ConnectionResetException(
						"The peer had closed the connection: bytes that were written after that are lost", null));
			}
			else {
				future.complete(null);
			}
		});
		return future;
	}

	private CompletableFuture<@Nullable Void> closed() {
		if (this.closed == null) {
			CLOSED.compareAndSet(this, null, new CompletableFuture<@Nullable Void>());
		}
		return Objects.requireNonNull(this.closed);
	}

	long unsentBytes() {
		return this.transport.writeBufferSize();
	}

	Transport transport() {
		return this.transport;
	}

	void replaceTransport(Transport transport) {
		this.transport = transport;
		this.readSide.replaceTransport(transport);
	}

	StreamListener listener() {
		return this.listener;
	}

	/**
	 * Whether the calling thread tells the listener of something with a lock of the
	 * connection held, for which the event loop may wait.
	 */
	boolean isTellingWithLock() {
		return this.tellingOfWrites == Thread.currentThread() || this.readSide.isLockedByCaller();
	}

	void handlerStarted(@Nullable Thread thread) {
		this.handlerThread = thread;
		this.handlerRunning = true;
	}

	void handlerFinished(HandlerEnd end, Duration time) {
		this.handlerRunning = false;
		this.handlerThread = null;
		this.released = true;
		this.listener.handlerFinished(this.view, end.outcome(), time, end.failure());
		close(end.reason());
		discardIfNobodyReads();
	}

	/** Nobody holds the connection any more who could read or write. */
	void abandoned() {
		this.released = true;
		discardIfNobodyReads();
	}

	/** What a handler has left unread goes when both it and the connection are gone. */
	private void discardIfNobodyReads() {
		if (isClosed() && this.released) {
			this.readSide.discard();
		}
	}

	@Override
	public void secondReadRefused() {
		Misuse.SECOND_READER.report(serverName());
	}

	@Override
	public void readingPaused() {
		logger.debug("{} pauses reading", this);
		this.listener.readingPaused(this.view);
	}

	@Override
	public void readingResumed(Duration paused) {
		logger.debug("{} resumes reading", this);
		this.listener.readingResumed(this.view, paused);
	}

	void writingPaused() {
		logger.debug("{} pauses writing", this);
		this.writePause = new WritePause(System.nanoTime(), beginPatience());
		this.tellingOfWrites = Thread.currentThread();
		try {
			this.listener.writingPaused(this.view);
		}
		finally {
			this.tellingOfWrites = null;
		}
	}

	private @Nullable Cancellable beginPatience() {
		SlowConsumerPolicy policy = this.owner.slowConsumers();
		Duration patience = policy.maxPausedTime();
		if (patience == null || policy.action() == SlowConsumerPolicy.Action.BLOCK) {
			return null;
		}
		return this.transport.loop().executeLater(patience, () -> giveUp(patience));
	}

	/** The peer was given its time and is still behind. Event loop only. */
	private void giveUp(Duration patience) {
		SlowConsumerException reason = new SlowConsumerException(patience, this.transport.writeBufferSize());
		long suppressed = SLOW_CONSUMERS.tryAcquire(System.nanoTime());
		if (suppressed >= 0) {
			logger.warn("Connection {} of '{}' to {}: {}{}", id(), serverName(), PeerText.printable(remoteAddress()),
					reason.getMessage(), RateLimit.leftOut(suppressed));
		}
		this.closeReason = CloseReason.SLOW_CONSUMER;
		if (this.owner.slowConsumers().action() == SlowConsumerPolicy.Action.ABORT) {
			this.transport.abort(reason);
		}
		else {
			close(CloseReason.SLOW_CONSUMER);
		}
	}

	void writingResumed() {
		logger.debug("{} resumes writing", this);
		WritePause pause = this.writePause;
		if (pause == null) {
			return;
		}
		this.writePause = null;
		this.undrained = null;
		if (pause.patienceEnds() != null) {
			pause.patienceEnds().cancel();
		}
		this.tellingOfWrites = Thread.currentThread();
		try {
			this.listener.writingResumed(this.view, Duration.ofNanos(System.nanoTime() - pause.since()));
		}
		finally {
			this.tellingOfWrites = null;
		}
	}

	void drainStarted() {
		this.readSide.noteDrain(1);
		this.listener.drainStarted(this.view);
	}

	void drainFinished(Duration waited) {
		this.readSide.noteDrain(-1);
		this.listener.drainFinished(this.view, waited);
	}

	void bytesReceived(int count) {
		this.listener.bytesReceived(this.view, count);
	}

	void bytesSent(long count) {
		SENT.lazySet(this, this.sent + count);
		this.tellingOfWrites = Thread.currentThread();
		try {
			this.listener.bytesSent(this.view, count);
		}
		finally {
			this.tellingOfWrites = null;
		}
	}

	void connectionLost(CloseReason reason, @Nullable IOException cause) {
		try {
			noteEnd(reason, cause);
		}
		finally {
			// Whoever waits for the end does so whether or not it could be logged.
			tellEnd(reason, cause);
		}
	}

	private void tellEnd(CloseReason reason, @Nullable IOException cause) {
		this.listener.closed(this.view, reason, cause);
		if (cause != null) {
			closed().completeExceptionally(cause);
		}
		else {
			closed().complete(null);
		}
		discardIfNobodyReads();
	}

	/**
	 * What was done to a peer against its will is worth a line, which the policy on slow
	 * consumers has written already; the rest is for debugging.
	 */
	private void noteEnd(CloseReason reason, @Nullable IOException cause) {
		boolean givenUp = switch (reason) {
			case SLOW_CONSUMER -> cause instanceof WriteBufferOverflowException;
			case WRITE_STALL_TIMEOUT, CLOSE_TIMEOUT -> true;
			default -> false;
		};
		long suppressed = givenUp ? GIVEN_UP.tryAcquire(System.nanoTime()) : -1;
		if (suppressed >= 0) {
			logger.info("Connection {} of '{}' to {} was given up: {}{}", id(), serverName(),
					PeerText.printable(remoteAddress()), reason.text(), RateLimit.leftOut(suppressed));
		}
		logger.debug("{} is gone: {}", this, reason.text(), cause);
	}

	/** Why the connection ended, if it ends now. */
	CloseReason reasonFor(@Nullable IOException cause) {
		if (this.closeReason == CloseReason.SLOW_CONSUMER) {
			// That its close times out as well is no news.
			return CloseReason.SLOW_CONSUMER;
		}
		if (cause instanceof ConnectionTimeoutException timeout) {
			return switch (timeout.phase()) {
				case IDLE -> CloseReason.IDLE_TIMEOUT;
				case HALF_CLOSED -> CloseReason.HALF_CLOSED_TIMEOUT;
				case WRITE_STALL -> CloseReason.WRITE_STALL_TIMEOUT;
				case HANDSHAKE -> CloseReason.HANDSHAKE_TIMEOUT;
				case CLOSE -> CloseReason.CLOSE_TIMEOUT;
			};
		}
		if (cause instanceof WriteBufferOverflowException || cause instanceof SlowConsumerException) {
			return CloseReason.SLOW_CONSUMER;
		}
		if (cause instanceof MemoryExceededException) {
			return CloseReason.MEMORY;
		}
		if (cause instanceof TlsTruncatedException || cause instanceof SSLException) {
			return CloseReason.TLS_ERROR;
		}
		CloseReason first = this.closeReason;
		if (first != null) {
			boolean stopped = this.stopping && first != CloseReason.SERVER_STOP_FORCED;
			return stopped ? CloseReason.SERVER_STOPPED : first;
		}
		if (cause == null) {
			return CloseReason.CLOSED;
		}
		return (cause instanceof ConnectionResetException) ? CloseReason.RESET : CloseReason.IO_ERROR;
	}

	/**
	 * A pause of writing.
	 *
	 * @param since when it began, by the monotonic clock
	 * @param patienceEnds has the peer given up, if there is a policy for that
	 */
	private record WritePause(long since, @Nullable Cancellable patienceEnds) {
	}

}
