package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.streams.flow.FlowControl;
import io.streams.tls.TlsOptions;
import io.streams.transport.ConnectionClosedException;
import io.streams.transport.ConnectionLostException;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * Writes to a peer.
 * <p>
 * {@link #write} never blocks: it queues a copy of the bytes. They leave at the first of:
 * the handler is about to wait in a read, {@link #flush()}, the queue passes its
 * high-water mark, {@link #close()}, or the event loop's next turn, which is at once; a
 * handler that writes and then sleeps has its bytes on the wire. Nothing waits on a
 * timer.
 * <p>
 * Flow control: call {@link #drain()} after writing. It waits while more than the
 * high-water mark is queued, until the peer has taken enough to reach the low one.
 * <p>
 * A connection is over when its handler has returned, when it was aborted or lost, or
 * when its close has sent everything. Writing to such a connection is not misuse, because
 * the connection of another handler can end at any time: {@code write},
 * {@code writeLines}, {@code flush} and {@code writeEof} then do nothing and drop the
 * bytes, and {@link #drain()} throws.
 * <p>
 * Safe for use by any thread; one call's bytes are never mixed with another's.
 * <p>
 * asyncio counterpart: {@code asyncio.StreamWriter}.
 *
 * @since 0.1
 */
public final class StreamWriter {

	private final StreamConnection connection;

	private final ConnectionCore core;

	StreamWriter(StreamConnection connection, ConnectionCore core) {
		this.connection = connection;
		this.core = core;
	}

	/**
	 * Queues bytes. Bytes written to a connection that is over are dropped; then
	 * {@link #drain()} throws.
	 * @param data the bytes, which are copied
	 * @throws IllegalStateException after {@link #writeEof()}, or while another thread is
	 * in {@link #transferFrom}, if the connection is still open
	 */
	public void write(byte[] data) {
		write(data, 0, data.length);
	}

	/**
	 * Queues bytes out of an array, as {@link #write(byte[])} does.
	 * @param data where the bytes are
	 * @param offset where they begin
	 * @param length how many they are
	 */
	public void write(byte[] data, int offset, int length) {
		if (!this.core.beforeWrite(length)) {
			Objects.checkFromIndexSize(offset, length, data.length);
			return;
		}
		Transport transport = transport();
		transport.write(data, offset, length);
		this.core.afterWrite(transport);
	}

	/**
	 * Queues a buffer's remaining bytes, as {@link #write(byte[])} does, and moves its
	 * position to its limit.
	 * @param data the bytes, which are copied
	 */
	public void write(ByteBuffer data) {
		if (!this.core.beforeWrite(data.remaining())) {
			data.position(data.limit());
			return;
		}
		Transport transport = transport();
		transport.write(data);
		this.core.afterWrite(transport);
	}

	/**
	 * Queues text, as {@link #write(byte[])} queues bytes. Characters that the charset
	 * does not have become its replacement, mostly {@code ?}.
	 * @param text the text; nothing is added at its end
	 * @param charset the charset to send it in
	 */
	public void write(CharSequence text, Charset charset) {
		write(text.toString().getBytes(charset));
	}

	/**
	 * Queues several pieces in order and without another writer's bytes between them.
	 * @param pieces the pieces, which are copied; nothing is put between them
	 */
	public void writeLines(Iterable<byte[]> pieces) {
		List<byte[]> all = new ArrayList<>();
		long length = 0;
		for (byte[] piece : pieces) {
			all.add(piece);
			length += piece.length;
		}
		if (this.core.beforeWrite(length)) {
			Transport transport = transport();
			transport.writeLines(all);
			this.core.afterWrite(transport);
		}
	}

	/**
	 * Sends a part of a file, draining as it goes. Other threads cannot write meanwhile.
	 * @param file the file, whose own position is left alone
	 * @param position where to begin, in bytes
	 * @param count how many bytes
	 * @throws ConnectionClosedException if the local side ended the connection
	 * @throws IOException if the file cannot be read or ends early, or the connection is
	 * lost
	 * @throws IllegalStateException while another transfer is in progress
	 */
	public void transferFrom(FileChannel file, long position, long count) throws IOException {
		transfer(FileTransfer.range(file, position, count));
	}

	/**
	 * Sends a file from a position to its end, wherever that is when it is reached. Other
	 * threads cannot write meanwhile.
	 * <p>
	 * asyncio counterpart: {@code loop.sendfile(transport, file, offset)}.
	 * @param file the file, whose own position is left alone
	 * @param position where to begin, in bytes
	 * @return how many bytes were sent
	 * @throws ConnectionClosedException if the local side ended the connection
	 * @throws IOException if the file cannot be read, or the connection is lost
	 * @throws IllegalStateException while another transfer is in progress
	 */
	public long transferFrom(FileChannel file, long position) throws IOException {
		return transfer(FileTransfer.toEnd(file, position));
	}

	private long transfer(FileTransfer transfer) throws IOException {
		this.core.refuseIfOver();
		if (!this.core.beginTransfer()) {
			throw new IllegalStateException("a transferFrom is in progress: wait until it has returned");
		}
		long sent = 0;
		try {
			for (ByteBuffer piece; (piece = transfer.next()).hasRemaining();) {
				sent += piece.remaining();
				write(piece);
				drain();
			}
			return sent;
		}
		finally {
			this.core.endTransfer();
		}
	}

	/**
	 * Returns the output as a stream of {@code java.io}. A write waits while writing is
	 * paused, as {@link #drain()} does, and throws if the connection is lost. Bytes leave
	 * as those of {@link #write}; {@code flush} sends them now. Closing the stream closes
	 * nothing.
	 * @return a view, whose writes are safe for use by any thread
	 */
	public OutputStream outputStream() {
		return new WriterOutputStream(this);
	}

	/** Hands what is queued to the system now, as much as it takes. */
	public void flush() {
		transport().flush();
	}

	/**
	 * Waits while the write buffer is paused, that is, from above its high-water mark
	 * until it reaches the low one. It does not wait for an empty buffer.
	 * <p>
	 * It sends what is queued, unless the reader still holds unread bytes: then the next
	 * read will not wait, and the answers to pipelined requests leave together.
	 * @throws ConnectionClosedException if the local side ended the connection: its
	 * handler returned, or it was closed or aborted. Bytes written since then are dropped
	 * @throws ConnectionLostException if the connection is lost
	 * @throws InterruptedIOException if the thread is interrupted; its flag is kept and
	 * the stream stays usable
	 * @throws IOException the error that ended the connection
	 */
	public void drain() throws IOException {
		if (tryDrain()) {
			return;
		}
		if (transport().loop().inEventLoop()) {
			throw new IllegalStateException("drain would block the event loop: call drainAsync, or use a "
					+ "ConnectionHandler, which has a thread of its own");
		}
		long started = System.nanoTime();
		this.core.drainStarted();
		try {
			FutureWait.await(this.core.flow().whenResumed(), "drain");
			this.core.noteWait();
		}
		finally {
			this.core.drainFinished(Duration.ofNanos(System.nanoTime() - started));
			Reference.reachabilityFence(this);
		}
	}

	/**
	 * Drains where that would wait or throw, and leaves the bytes to the event loop
	 * otherwise, so that small writes leave together.
	 */
	void drainIfPaused() throws IOException {
		if (this.core.flow().state() != FlowControl.State.FLOWING || transport().isClosing()
				|| this.connection.reader().exception() != null) {
			drain();
		}
	}

	/**
	 * The asynchronous form of {@link #drain()}.
	 * @return completes on the event loop when writing may go on, exceptionally as
	 * {@code drain} throws
	 */
	public CompletableFuture<@Nullable Void> drainAsync() {
		try {
			if (tryDrain()) {
				return CompletableFuture.completedFuture(null);
			}
		}
		catch (IOException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		long started = System.nanoTime();
		this.core.drainStarted();
		CompletableFuture<@Nullable Void> resumed = this.core.flow().whenResumed();
		resumed
			.whenComplete((nothing, failure) -> this.core.drainFinished(Duration.ofNanos(System.nanoTime() - started)));
		return this.connection.keptBy(resumed);
	}

	/**
	 * Returns whether the peer can go on sending after {@link #writeEof()}.
	 * @return {@code false} for TLS before version 1.3, whose {@code close_notify} ends
	 * both sides, and {@code true} for every other transport
	 */
	public boolean canWriteEof() {
		return transport().canWriteEof();
	}

	/**
	 * Ends the write side once all queued bytes are sent. Later writes are refused, and
	 * reading goes on. Does nothing if the connection is closing or closed.
	 * <p>
	 * Before TLS 1.3 the end reaches the peer later, because it stops the peer from
	 * sending: when the peer has ended its side, or no byte has moved for 2 seconds (for
	 * {@code TlsOptions.shutdownTimeout} if that is shorter), or at {@link #close()}.
	 * @throws IllegalStateException while a TLS handshake is in progress
	 */
	public void writeEof() {
		if (!this.core.isOver()) {
			this.core.endOutput();
		}
	}

	/**
	 * Goes over to TLS in the middle of the connection (STARTTLS): as the server if a
	 * server accepted it, as the client if not. What was written before is sent before,
	 * in plain.
	 * <p>
	 * What a client has sent ahead, its first TLS record for one, goes to the TLS engine;
	 * a server that sent anything ahead of the handshake is refused, because those bytes
	 * could have come from anybody. Plain bytes never reach the reader afterwards.
	 * <p>
	 * The handshake's timeout includes the time that it takes to send what was written
	 * before: {@link #drain()} first if that is much.
	 * @param options how to speak TLS
	 * @throws IllegalStateException if a read waits, {@link #transferFrom} is in
	 * progress, {@link #writeEof()} was called, or TLS is on already; nothing has changed
	 * then
	 * @throws IllegalArgumentException if the options do not fit, such as a version that
	 * the JDK does not know, or a client without a name to verify; nothing has changed
	 * then
	 * @throws IOException if the peers do not agree; the connection is gone then, as it
	 * also is if the wait is interrupted
	 */
	public void startTls(TlsOptions options) throws IOException {
		if (transport().loop().inEventLoop()) {
			throw new IllegalStateException("startTls would block the event loop: call startTlsAsync");
		}
		CompletableFuture<@Nullable Void> upgraded = startTlsAsync(options);
		FutureWait.await(upgraded, "startTls");
	}

	/**
	 * The asynchronous form of {@link #startTls}.
	 * @param options how to speak TLS
	 * @return completes on the event loop when the handshake is done; cancelling it
	 * aborts the connection
	 */
	public CompletableFuture<@Nullable Void> startTlsAsync(TlsOptions options) {
		return this.connection.keptBy(new TlsUpgrade(this.core, options).start());
	}

	/**
	 * Closes the connection after what is queued was sent, in the background. Idempotent.
	 */
	public void close() {
		this.core.close(CloseReason.CLOSED);
	}

	/** Closes the connection at once and drops what is queued; the peer sees a reset. */
	public void abort() {
		this.core.abort();
	}

	/**
	 * {@return whether the connection is closed, or closing}
	 */
	public boolean isClosing() {
		return transport().isClosing();
	}

	/**
	 * Waits until the connection is closed. After {@link #close()} the close timeout
	 * bounds the wait. All bytes written before the end have been sent then.
	 * {@link #drain()} throws for later bytes, and so does this method if the peer ended
	 * the connection.
	 * @throws IOException the error that ended the connection
	 */
	public void waitClosed() throws IOException {
		if (transport().loop().inEventLoop()) {
			throw new IllegalStateException("waitClosed would block the event loop: call waitClosedAsync");
		}
		try {
			FutureWait.await(waitClosedAsync(), "waitClosed");
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	/**
	 * {@return a future that completes on the event loop when the connection has ended}
	 */
	public CompletableFuture<@Nullable Void> waitClosedAsync() {
		return this.connection.keptBy(this.core.whenClosed());
	}

	/**
	 * {@return the connection that this writer belongs to}
	 */
	public StreamConnection connection() {
		return this.connection;
	}

	/**
	 * {@return the transport that carries the bytes: another one after {@link #startTls}}
	 */
	public Transport transport() {
		return this.core.transport();
	}

	@Override
	public String toString() {
		return "StreamWriter[transport=" + transport() + ", reader=" + this.connection.reader() + "]";
	}

	/** Sends queued bytes, and returns whether writing may go on at once. */
	private boolean tryDrain() throws IOException {
		this.core.noteDrain();
		this.core.yieldIfWaitIsOverdue();
		boolean unread = this.core.readSide().hasUnread();
		FlowControl flow = this.core.flow();
		if (!unread || flow.isPaused() || transport().isClosing()) {
			transport().flush();
		}
		this.core.refuseIfOver();
		return !flow.isPaused();
	}

}
