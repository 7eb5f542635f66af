package io.streams;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

import io.streams.flow.CarrierWait;
import io.streams.transport.Transport;
import io.streams.transport.TransportInfo;
import io.streams.transport.TransportState;

import org.jspecify.annotations.Nullable;

/**
 * A reader and a writer on one connection, with what is known about it. Safe for use by
 * any thread.
 *
 * @since 0.1
 */
public final class StreamConnection implements AutoCloseable {

	private final ConnectionCore core;

	private final StreamReader reader;

	private final StreamWriter writer;

	StreamConnection(ConnectionCore core, StreamReader reader) {
		this.core = core;
		this.reader = reader;
		this.writer = new StreamWriter(this, core);
	}

	/**
	 * The connection's random id, under which logs and the management endpoint know it.
	 * @return 16 hexadecimal digits
	 */
	public String id() {
		return this.core.id();
	}

	/**
	 * The server that accepted the connection.
	 * @return its name, or {@code null} for a client
	 */
	public @Nullable String serverName() {
		return this.core.serverName();
	}

	/**
	 * {@return the reader of the connection}
	 */
	public StreamReader reader() {
		return this.reader;
	}

	/**
	 * {@return the writer of the connection}
	 */
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
		return this.core.info();
	}

	/**
	 * Whether the server is stopping, so that a handler which has no end of its own
	 * finishes soon. Reads that would have to wait for more get the end of the input from
	 * now on.
	 * @return {@code true} once the server's stop has begun
	 */
	public boolean isStopping() {
		return this.core.isStopping();
	}

	/**
	 * The thread that runs the handler, to look at what it does.
	 * @return the thread, or {@code null} if there is none
	 */
	public @Nullable Thread handlerThread() {
		return this.core.handlerThread();
	}

	/**
	 * Whether the handler could run and waits for a carrier of virtual threads, because
	 * others hold all of them. It may run by the time that this returns.
	 * @return {@code false} also for a handler on a platform thread
	 */
	public boolean isHandlerWaitingForCarrier() {
		Thread thread = handlerThread();
		return thread != null && CarrierWait.isWaiting(thread);
	}

	/**
	 * Stops reading the peer until {@link #resumeReading()}, whatever the buffer holds:
	 * an operator's brake, apart from the flow control.
	 */
	public void pauseReading() {
		this.core.pauseReading();
	}

	/**
	 * Lets go of {@link #pauseReading()}; flow control may still keep the peer paused.
	 */
	public void resumeReading() {
		this.core.resumeReading();
	}

	/**
	 * The connection at this moment.
	 * @return a snapshot
	 */
	public ConnectionSnapshot snapshot() {
		return this.core.snapshot();
	}

	/**
	 * Sends what is queued, closes, and waits until the connection is gone. On an event
	 * loop it does not wait, and neither where a {@link StreamListener} is called with a
	 * lock of the connection held.
	 * @throws IOException if the connection is lost before everything was sent
	 */
	@Override
	public void close() throws IOException {
		Transport transport = this.core.transport();
		if (isClosed() || transport.state() == TransportState.CLOSED) {
			// Whoever read or wrote was told how it went.
			return;
		}
		this.core.close(CloseReason.CLOSED);
		if (!transport.loop().inEventLoop() && !this.core.isTellingWithLock()) {
			waitClosed();
		}
	}

	/**
	 * Whoever called {@code startTls} was told already why it failed, and a
	 * try-with-resources may not be told once more by the same exception.
	 */
	private void waitClosed() throws IOException {
		try {
			this.writer.waitClosed();
		}
		catch (IOException ex) {
			if (!this.core.readSide().state().isInvalidBecauseOf(ex)) {
				throw ex;
			}
		}
	}

	/** Closes at once and drops what is queued; the peer sees a reset. */
	public void abort() {
		this.core.abort();
	}

	/**
	 * Closes as {@link StreamWriter#close()} does, for an operator: the reason says so.
	 */
	public void closeByOperator() {
		this.core.close(CloseReason.OPERATOR);
	}

	/** Aborts as {@link #abort()} does, for an operator: the reason says so. */
	public void abortByOperator() {
		this.core.abort(CloseReason.OPERATOR);
	}

	/**
	 * {@return whether the connection has ended}
	 */
	public boolean isClosed() {
		return this.core.isClosed();
	}

	/** Views of one connection are equal, whoever holds them. */
	@Override
	public boolean equals(Object other) {
		return other instanceof StreamConnection connection && connection.core == this.core;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this.core);
	}

	@Override
	public String toString() {
		return this.core.toString();
	}

	ConnectionCore core() {
		return this.core;
	}

	/** Makes a future hold the connection until it is done. */
	CompletableFuture<@Nullable Void> keptBy(CompletableFuture<@Nullable Void> future) {
		return this.reader.keptBy(future);
	}

}
