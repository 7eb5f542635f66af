package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.streams.flow.FreshFailure;
import io.streams.tls.TlsTransport;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionResetException;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * One connection, for as long as its transport lives: its identity and its life, over its
 * {@linkplain ConnectionEvents events}, its {@linkplain ConnectionOutput output} and its
 * {@linkplain HandlerTurn handler}. Safe for use by any thread.
 * <p>
 * Users hold a {@link StreamConnection}. Handlers and listeners share {@link #view()},
 * which lives as long as this. The opener of a connection gets one of its own, so that
 * the garbage collector shows when no thread holds it any more.
 */
final class ConnectionCore extends ConnectionEvents {

	private static final SecureRandom RANDOM = new SecureRandom();

	@SuppressWarnings("rawtypes")
	private static final AtomicReferenceFieldUpdater<ConnectionCore, @Nullable CompletableFuture> CLOSED = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionCore.class, CompletableFuture.class, "closed");

	private final long id = RANDOM.nextLong();

	private final long openedAt = System.currentTimeMillis();

	private final long openedNanos = System.nanoTime();

	private final ReadSide readSide;

	private final StreamConnection view;

	/**
	 * Of the end of the connection. Made by whoever asks for it first, or by the end, by
	 * way of {@link #CLOSED}.
	 */
	private volatile @Nullable CompletableFuture<@Nullable Void> closed;

	/** Set once, on the event loop or by the thread that stops the server. */
	private volatile boolean stopping;

	ConnectionCore(ConnectionContext owner, Transport transport, StreamReader reader) {
		super(owner, transport);
		this.readSide = reader.side();
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

	@Override
	StreamConnection view() {
		return this.view;
	}

	ReadSide readSide() {
		return this.readSide;
	}

	@Override
	String id() {
		return HexFormat.of().toHexDigits(this.id);
	}

	@Nullable SocketAddress localAddress() {
		return info().localAddress();
	}

	@Nullable SocketAddress remoteAddress() {
		return info().remoteAddress();
	}

	TransportInfo info() {
		return transport().info();
	}

	boolean isStopping() {
		return this.stopping;
	}

	void pauseReading() {
		this.readSide.hold(true);
	}

	void resumeReading() {
		this.readSide.hold(false);
	}

	ConnectionSnapshot snapshot() {
		long now = System.nanoTime();
		BufferSnapshot writing = new BufferSnapshot(transport().writeBufferSize(), transport().writeBufferLimits(),
				transport().writePauseTimes(), sent());
		ReadState reading = this.readSide.state();
		return new ConnectionSnapshot(id(), serverName(), transport().state(), localAddress(), remoteAddress(),
				Instant.ofEpochMilli(this.openedAt), Duration.ofNanos(now - this.openedNanos),
				Duration.ofNanos(transport().idleNanos()), this.readSide.snapshot(now), writing, flow().waiting(),
				reading.ended(), isHandlerRunning(), reading.held(), this.readSide.activityTimes(now));
	}

	void abort() {
		abort(CloseReason.ABORTED);
	}

	/**
	 * Aborts. This is the reason of the end even if a close is in progress: the abort
	 * drops what that has not delivered.
	 */
	void abort(CloseReason reason) {
		if (transport().state() != TransportState.CLOSED) {
			replaceReason(reason);
		}
		transport().abort();
	}

	/**
	 * Whether the connection waits for its peer to send, to take bytes or to agree on
	 * TLS.
	 */
	boolean isWaitingForPeer() {
		return flow().isPaused() || this.readSide.state().isReadPending()
				|| (transport() instanceof TlsTransport tls && !tls.handshake().isDone());
	}

	boolean isClosed() {
		CompletableFuture<@Nullable Void> closed = this.closed;
		return closed != null && closed.isDone();
	}

	@Override
	public String toString() {
		String serverName = serverName();
		return "StreamConnection[id=" + id() + ((serverName != null) ? ", server=" + serverName : "") + ", local="
				+ localAddress() + ", remote=" + PeerText.printable(remoteAddress()) + ", state=" + transport().state()
				+ "]";
	}

	/**
	 * Closes after what is queued was sent.
	 * @param reason why, or {@code null} if the transport ends already and knows why
	 */
	@Override
	void close(@Nullable CloseReason reason) {
		if (reason != null) {
			noteFirstReason(reason);
		}
		Transport transport = transport();
		transport.close();
		// A listener may close with the transport's lock held, which comes after the
		// reader's: to take both in this order could be a deadlock.
		transport.loop().execute(this.readSide::noteClosing);
	}

	/**
	 * An upgrade to TLS failed, which is why the connection ends, whatever whoever asked
	 * for it does next; and nothing that came in plain is read any more.
	 */
	void upgradeFailed(IOException cause) {
		noteFirstReason(CloseReason.TLS_ERROR);
		this.readSide.invalidate(cause);
	}

	/**
	 * The grace period of the server's stop is over: reads end, queued bytes are sent,
	 * and the connection is closed.
	 */
	void endGrace() {
		this.readSide.noteGraceOver();
		close(CloseReason.SERVER_STOPPED);
		// The dependents of a read run on the connection's event loop.
		transport().loop().execute(this.readSide::endGrace);
	}

	/**
	 * Cuts the connection off at the end of its server's stop; one that has sent
	 * everything only stops to linger.
	 */
	void forceClose() {
		if (!isLingering()) {
			replaceReason(CloseReason.SERVER_STOP_FORCED);
		}
		transport().abort(new ConnectionClosedException("The server stopped and cut the connection off"));
	}

	/** Whether a close has sent everything, and waits for the peer's end. */
	boolean isLingering() {
		return transport().state() == TransportState.LINGERING;
	}

	/** Tells reader and handler that the server stops. */
	void beginStop() {
		this.stopping = true;
		// The dependents of a read run on the connection's event loop.
		transport().loop().execute(() -> this.readSide.beginStop(owner().quietPeriod()));
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
			else if (isWrittenTooLate()) {
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

	@Override
	void replaceTransport(Transport transport) {
		super.replaceTransport(transport);
		this.readSide.replaceTransport(transport);
	}

	/**
	 * Whether the calling thread tells the listener of something with a lock of the
	 * connection held, for which the event loop may wait.
	 */
	boolean isTellingWithLock() {
		return isTellingOfWrites() || this.readSide.isLockedByCaller();
	}

	void handlerStarted(@Nullable Thread thread) {
		noteHandlerStarted(thread);
	}

	void handlerFinished(HandlerEnd end, Duration time) {
		noteReleased();
		listener().handlerFinished(this.view, end.outcome(), time, end.failure());
		close(end.reason());
		discardIfNobodyReads();
	}

	/** No thread holds the connection any more. */
	void abandoned() {
		noteReleased();
		discardIfNobodyReads();
	}

	/** Frees unread input once the handler has returned and the connection is closed. */
	private void discardIfNobodyReads() {
		if (isClosed() && isReleased()) {
			this.readSide.discard();
		}
	}

	void drainStarted() {
		this.readSide.noteDrain(1);
		listener().drainStarted(this.view);
	}

	void drainFinished(Duration waited) {
		this.readSide.noteDrain(-1);
		listener().drainFinished(this.view, waited);
	}

	void connectionLost(CloseReason reason, @Nullable IOException cause) {
		try {
			logEnd(reason, cause);
		}
		finally {
			// The end is reported even if it could not be logged.
			tellEnd(reason, cause);
		}
	}

	private void tellEnd(CloseReason reason, @Nullable IOException cause) {
		closed(reason, cause);
		if (cause != null) {
			closed().completeExceptionally(cause);
		}
		else {
			closed().complete(null);
		}
		discardIfNobodyReads();
	}

	/** Why the connection ended, if it ends now. */
	CloseReason reasonFor(@Nullable IOException cause) {
		return CloseReason.of(closeReason(), this.stopping, cause);
	}

}
