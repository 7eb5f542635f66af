package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLException;

import io.streams.flow.FlowControl;
import io.streams.tls.TlsTruncatedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.ConnectionTimeoutException;
import io.streams.transport.SlowConsumerException;
import io.streams.transport.Transport;
import io.streams.transport.Transport.Cancellable;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportState;
import io.streams.transport.WriteBufferOverflowException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader and a writer on one connection, with what is known about it. Safe for use by
 * any thread.
 */
public final class StreamConnection implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StreamConnection.class);

	private static final SecureRandom RANDOM = new SecureRandom();

	private final long id = RANDOM.nextLong();

	private final long openedAt = System.currentTimeMillis();

	private final long openedNanos = System.nanoTime();

	private final @Nullable String serverName;

	private final StreamListener listener;

	/** Replaced once by an upgrade to TLS, on the event loop. */
	private volatile Transport transport;

	private final StreamReader reader;

	private final StreamWriter writer;

	private final FlowControl flow;

	private final SlowConsumerPolicy slowConsumers;

	private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

	private final AtomicReference<@Nullable CloseReason> closeReason = new AtomicReference<>();

	private final AtomicLong sent = new AtomicLong();

	private volatile @Nullable Thread handlerThread;

	private volatile boolean handlerRunning;

	private volatile boolean stopping;

	/** Guarded by the transport's order of pause and resume. */
	private long writingPausedSince;

	/** Guarded by the transport's order of pause and resume. */
	private @Nullable Cancellable patienceEnds;

	StreamConnection(@Nullable String serverName, StreamListener listener, Transport transport, StreamReader reader,
			FlowControl flow, SlowConsumerPolicy slowConsumers) {
		this.serverName = serverName;
		this.slowConsumers = slowConsumers;
		this.listener = listener;
		this.transport = transport;
		this.reader = reader;
		this.flow = flow;
		this.writer = new StreamWriter(this, reader, flow);
	}

	/**
	 * The connection's random id, under which logs and the management endpoint know it.
	 * @return 16 hexadecimal digits
	 */
	public String id() {
		return HexFormat.of().toHexDigits(this.id);
	}

	/**
	 * The server that accepted the connection.
	 * @return its name, or {@code null} for a client
	 */
	public @Nullable String serverName() {
		return this.serverName;
	}

	public StreamReader reader() {
		return this.reader;
	}

	public StreamWriter writer() {
		return this.writer;
	}

	/**
	 * The own address; kept after the close.
	 * @return asyncio's {@code sockname}
	 */
	public @Nullable SocketAddress localAddress() {
		return info().localAddress();
	}

	/**
	 * The peer's address; kept after the close.
	 * @return asyncio's {@code peername}, or {@code null} if the peer has no name
	 */
	public @Nullable SocketAddress remoteAddress() {
		return info().remoteAddress();
	}

	/**
	 * What is known about the connection; kept after the close.
	 * @return asyncio's {@code get_extra_info}
	 */
	public TransportInfo info() {
		return this.transport.info();
	}

	/**
	 * Whether the server is stopping, so that a handler which has no end of its own
	 * finishes soon. Reads that would have to wait for more get the end of the input from
	 * now on.
	 * @return {@code true} once the server's stop has begun
	 */
	public boolean isStopping() {
		return this.stopping;
	}

	/**
	 * The thread that runs the handler, to look at what it does.
	 * @return the thread, or {@code null} if there is none
	 */
	public @Nullable Thread handlerThread() {
		return this.handlerThread;
	}

	/**
	 * Stops reading the peer until {@link #resumeReading()}, whatever the buffer holds:
	 * an operator's brake, apart from the flow control.
	 */
	public void pauseReading() {
		this.reader.side().hold(true);
	}

	/**
	 * Lets go of {@link #pauseReading()}; flow control may still keep the peer paused.
	 */
	public void resumeReading() {
		this.reader.side().hold(false);
	}

	/**
	 * The connection at this moment.
	 * @return a snapshot
	 */
	public ConnectionSnapshot snapshot() {
		long now = System.nanoTime();
		BufferSnapshot writing = new BufferSnapshot(this.transport.writeBufferSize(),
				this.transport.writeBufferLimits(), this.transport.writePauseTimes(), this.sent.get());
		return new ConnectionSnapshot(id(), this.serverName, this.transport.state(), localAddress(), remoteAddress(),
				Instant.ofEpochMilli(this.openedAt), Duration.ofNanos(now - this.openedNanos),
				Duration.ofNanos(this.transport.idleNanos()), this.reader.side().snapshot(now), writing,
				this.flow.waiting(), this.reader.side().hasInputEnded(), this.handlerRunning,
				this.reader.side().isHeld(), this.reader.side().activityTimes(now));
	}

	/**
	 * Sends what is queued, closes, and waits until the connection is gone. On an event
	 * loop it does not wait.
	 * @throws IOException if the connection is lost before everything was sent
	 */
	@Override
	public void close() throws IOException {
		if (isClosed() || this.transport.state() == TransportState.CLOSED) {
			// Whoever read or wrote was told how it went.
			return;
		}
		close(CloseReason.CLOSED);
		if (!this.transport.inEventLoop()) {
			this.writer.waitClosed();
		}
	}

	/** Closes at once and drops what is queued; the peer sees a reset. */
	public void abort() {
		this.closeReason.compareAndSet(null, CloseReason.ABORTED);
		this.transport.abort();
	}

	public boolean isClosed() {
		return this.closed.isDone();
	}

	@Override
	public String toString() {
		return "StreamConnection[id=" + id() + ((this.serverName != null) ? ", server=" + this.serverName : "")
				+ ", local=" + localAddress() + ", remote=" + remoteAddress() + ", state=" + this.transport.state()
				+ "]";
	}

	void close(CloseReason reason) {
		this.closeReason.compareAndSet(null, reason);
		this.reader.side().noteClosing();
		this.transport.close();
	}

	/** Cuts the connection off at the end of its server's stop. */
	void forceClose() {
		this.closeReason.set(CloseReason.SERVER_STOP_FORCED);
		this.transport.abort(new ConnectionLostException("The server stopped and cut the connection off"));
	}

	/** Tells reader and handler that the server stops. */
	void beginStop() {
		this.stopping = true;
		this.reader.side().endWhenEmpty();
	}

	CompletableFuture<@Nullable Void> whenClosed() {
		return this.closed.copy();
	}

	long unsentBytes() {
		return this.transport.writeBufferSize();
	}

	Transport transport() {
		return this.transport;
	}

	void replaceTransport(Transport transport) {
		this.transport = transport;
		this.reader.side().replaceTransport(transport);
	}

	StreamListener listener() {
		return this.listener;
	}

	void handlerStarted(@Nullable Thread thread) {
		this.handlerThread = thread;
		this.handlerRunning = true;
	}

	void handlerFinished(HandlerOutcome outcome, Duration time, @Nullable Throwable failure) {
		this.handlerRunning = false;
		this.handlerThread = null;
		this.writer.release();
		this.listener.handlerFinished(this, outcome, time, failure);
		close((outcome == HandlerOutcome.FAILED) ? CloseReason.HANDLER_FAILED : CloseReason.HANDLER_FINISHED);
		discardIfNobodyReads();
	}

	/** What a handler has left unread goes when both it and the connection are gone. */
	private void discardIfNobodyReads() {
		if (this.closed.isDone() && this.writer.isReleased()) {
			this.reader.side().discard();
		}
	}

	void readingPaused() {
		logger.debug("{} pauses reading", this);
		this.listener.readingPaused(this);
	}

	void readingResumed(Duration paused) {
		logger.debug("{} resumes reading", this);
		this.listener.readingResumed(this, paused);
	}

	void writingPaused() {
		logger.debug("{} pauses writing", this);
		this.writingPausedSince = System.nanoTime();
		Duration patience = this.slowConsumers.maxPausedTime();
		if (patience != null && this.slowConsumers.action() != SlowConsumerPolicy.Action.BLOCK) {
			this.patienceEnds = this.transport.executeLater(patience, () -> giveUp(patience));
		}
		this.listener.writingPaused(this);
	}

	/** The peer was given its time and is still behind. Event loop only. */
	private void giveUp(Duration patience) {
		SlowConsumerException reason = new SlowConsumerException(patience, this.transport.writeBufferSize());
		logger.warn("Connection {} of '{}' to {}: {}", id(), this.serverName, remoteAddress(), reason.getMessage());
		this.closeReason.set(CloseReason.SLOW_CONSUMER);
		if (this.slowConsumers.action() == SlowConsumerPolicy.Action.ABORT) {
			this.transport.abort(reason);
		}
		else {
			close(CloseReason.SLOW_CONSUMER);
		}
	}

	void writingResumed() {
		logger.debug("{} resumes writing", this);
		Cancellable pending = this.patienceEnds;
		if (pending != null) {
			pending.cancel();
			this.patienceEnds = null;
		}
		this.listener.writingResumed(this, Duration.ofNanos(System.nanoTime() - this.writingPausedSince));
	}

	void drainStarted() {
		this.reader.side().noteDrain(1);
		this.listener.drainStarted(this);
	}

	void drainFinished(Duration waited) {
		this.reader.side().noteDrain(-1);
		this.listener.drainFinished(this, waited);
	}

	void bytesReceived(int count) {
		this.listener.bytesReceived(this, count);
	}

	void bytesSent(long count) {
		this.sent.setPlain(this.sent.getPlain() + count);
		this.listener.bytesSent(this, count);
	}

	void connectionLost(CloseReason reason, @Nullable IOException cause) {
		this.listener.closed(this, reason, cause);
		if (cause != null) {
			this.closed.completeExceptionally(cause);
		}
		else {
			this.closed.complete(null);
		}
		discardIfNobodyReads();
	}

	/** Why the connection ended, if it ends now. */
	CloseReason reasonFor(@Nullable IOException cause) {
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
		if (cause instanceof TlsTruncatedException || cause instanceof SSLException) {
			return CloseReason.TLS_ERROR;
		}
		CloseReason first = this.closeReason.get();
		if (first != null) {
			boolean own = first == CloseReason.SERVER_STOP_FORCED || first == CloseReason.SLOW_CONSUMER;
			return (this.stopping && !own) ? CloseReason.SERVER_STOPPED : first;
		}
		if (cause == null) {
			return CloseReason.CLOSED;
		}
		return (cause instanceof ConnectionResetException) ? CloseReason.RESET : CloseReason.IO_ERROR;
	}

}
