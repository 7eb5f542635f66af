package io.streams;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.PauseGate;
import io.streams.flow.ReadLimit;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * Reads what a peer sends.
 * <p>
 * Every read comes in two forms, with one state machine under both: a blocking one for
 * virtual (and platform) threads, and an asynchronous one, whose future completes on the
 * connection's event loop. One reader at a time: a read that would have to wait while
 * another waits is refused.
 * <p>
 * Flow control: when more than twice the {@link #limit()} is buffered, the peer is no
 * longer read, until a read has brought the buffer to the limit or below, or waits.
 * <p>
 * The input ends in one of two ways. After the peer's end of stream, reads return what is
 * left and then what each says of the end. After an error, reads give out what was
 * received before it, and then throw it; asyncio throws at once, and loses the bytes.
 * <p>
 * Interrupting a blocked read makes it throw {@link InterruptedIOException}, with the
 * thread's flag kept, no byte lost, and the stream still usable.
 * <p>
 * asyncio counterpart: {@code asyncio.StreamReader}.
 */
public final class StreamReader {

	private static final byte[] NO_BYTES = new byte[0];

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by {@link #lock}. */
	private final InputBuffer input;

	/** Guarded by {@link #lock}: the one read that waits. */
	private @Nullable PendingRead<?> pending;

	/**
	 * Guarded by {@link #lock}: whether a read that would have to wait gets the end
	 * instead.
	 */
	private boolean ending;

	/**
	 * Guarded by {@link #lock}: when bytes came last; kept only where a timeout is set.
	 */
	private long lastFed;

	/**
	 * Set before the first byte, and once more by an upgrade to TLS, on the event loop.
	 */
	private volatile @Nullable Transport transport;

	/** Set once, before the first byte; hears of pauses. */
	private volatile @Nullable StreamConnection connection;

	private volatile @Nullable Duration readTimeout;

	/** Create a reader with asyncio's default limit of 64 KiB. */
	public StreamReader() {
		this(ReadLimit.DEFAULT);
	}

	/**
	 * Create a reader.
	 * @param limit bytes of the longest line, 1 to 1 GiB
	 * @throws IllegalArgumentException if the limit is out of its range
	 */
	public StreamReader(int limit) {
		this(new ReadLimit(limit));
	}

	StreamReader(ReadLimit limit) {
		this.input = new InputBuffer(limit);
	}

	/**
	 * Reads everything up to the end of the input. What a peer may send is not bounded by
	 * the limit: prefer the other reads for peers that are not trusted.
	 * @return all bytes
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public byte[] read() throws IOException {
		return await(new ReadRequest.All());
	}

	/**
	 * Reads what there is, up to {@code max} bytes; waits only if there is nothing.
	 * @param max bytes at the most; 0 returns at once; negative reads up to the end of
	 * the input, as {@link #read()} does
	 * @return 1 to {@code max} bytes, or none at the end of the input
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public byte[] read(int max) throws IOException {
		return (max == 0) ? nothing() : await(some(max));
	}

	/**
	 * Reads what there is and fits into a buffer; waits only if there is nothing.
	 * @param target the buffer, whose position moves
	 * @return how many bytes were read, or -1 at the end of the input; 0 only if the
	 * buffer has no room
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public int read(ByteBuffer target) throws IOException {
		return target.hasRemaining() ? await(new ReadRequest.Into(target)) : 0;
	}

	/**
	 * Reads exactly {@code length} bytes, which the limit does not bound.
	 * @param length how many bytes, 0 or more
	 * @return that many bytes
	 * @throws IncompleteReadException if the input ends before
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public byte[] readExactly(int length) throws IOException {
		ReadRequest<byte[]> request = exactly(length);
		return (length == 0) ? nothing() : await(request);
	}

	/**
	 * Reads a line, which ends in {@code \n} and includes it. The last line of the input
	 * may have no end; at the end of the input the line is empty.
	 * @return the line
	 * @throws LimitOverrunException if the line is longer than the limit. The line is
	 * gone: if its end had arrived, the whole line and nothing else; if not, all that was
	 * buffered
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public byte[] readLine() throws IOException {
		return await(new ReadRequest.Line());
	}

	/**
	 * Reads up to a separator, and includes it.
	 * @param separator one byte or more
	 * @return the bytes up to the end of the separator
	 * @throws LimitOverrunException if more bytes than the limit precede the separator;
	 * everything stays buffered
	 * @throws IncompleteReadException if the input ends before
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public byte[] readUntil(byte[] separator) throws IOException {
		return readUntil(List.of(separator));
	}

	/**
	 * Reads up to whichever of several separators ends first, and includes it.
	 * @param separators one or more, each of one byte or more
	 * @return the shortest chunk that ends in a separator
	 * @throws LimitOverrunException if more bytes than the limit precede the separator;
	 * everything stays buffered
	 * @throws IncompleteReadException if the input ends before
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public byte[] readUntil(List<byte[]> separators) throws IOException {
		return await(ReadRequest.until(separators));
	}

	/**
	 * The lines that come, each as {@link #readLine()} reads it, up to the end of the
	 * input: asyncio's {@code async for line in reader}. What a read throws, the iterator
	 * throws as {@link UncheckedIOException}.
	 * @return an iterable that can be used once
	 */
	public Iterable<byte[]> lines() {
		return () -> new LineIterator(this);
	}

	/**
	 * The input as a stream of {@code java.io}. Closing it closes nothing; use either the
	 * view or the reader at a time.
	 * @return a view, whose reads block as this reader's do
	 */
	public InputStream inputStream() {
		return new ReaderInputStream(this);
	}

	/**
	 * The asynchronous form of {@link #read()}.
	 * @return all bytes up to the end of the input
	 */
	public CompletableFuture<byte[]> readAsync() {
		return submit(new ReadRequest.All());
	}

	/**
	 * The asynchronous form of {@link #read(int)}.
	 * @param max bytes at the most
	 * @return the bytes
	 */
	public CompletableFuture<byte[]> readAsync(int max) {
		return (max == 0) ? nothingAsync() : submit(some(max));
	}

	/**
	 * The asynchronous form of {@link #readExactly(int)}.
	 * @param length how many bytes, 0 or more
	 * @return the bytes
	 */
	public CompletableFuture<byte[]> readExactlyAsync(int length) {
		ReadRequest<byte[]> request = exactly(length);
		return (length == 0) ? nothingAsync() : submit(request);
	}

	/**
	 * The asynchronous form of {@link #readLine()}.
	 * @return the line
	 */
	public CompletableFuture<byte[]> readLineAsync() {
		return submit(new ReadRequest.Line());
	}

	/**
	 * The asynchronous form of {@link #readUntil(byte[])}.
	 * @param separator one byte or more
	 * @return the bytes up to the end of the separator
	 */
	public CompletableFuture<byte[]> readUntilAsync(byte[] separator) {
		return readUntilAsync(List.of(separator));
	}

	/**
	 * The asynchronous form of {@link #readUntil(List)}.
	 * @param separators one or more, each of one byte or more
	 * @return the shortest chunk that ends in a separator
	 */
	public CompletableFuture<byte[]> readUntilAsync(List<byte[]> separators) {
		return submit(ReadRequest.until(separators));
	}

	/**
	 * Whether the input ended and everything was read.
	 * @return {@code true} if no read will return a byte any more
	 */
	public boolean atEof() {
		this.lock.lock();
		try {
			return this.input.isEnded() && this.input.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How many bytes were received and not yet read.
	 * @return bytes, 0 or more
	 */
	public int buffered() {
		this.lock.lock();
		try {
			return this.input.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	public ReadLimit limit() {
		this.lock.lock();
		try {
			return this.input.limit();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Replaces the limit, from the next read or the next bytes on. Raising it resumes a
	 * peer who is no longer above it.
	 * @param limit the new limit
	 */
	public void setLimit(ReadLimit limit) {
		this.lock.lock();
		try {
			this.input.setLimit(limit);
			pauseAbove();
			resumeIfAtOrBelowLimit();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Bounds how long a blocking read may go without receiving a byte. The clock starts
	 * anew with every byte.
	 * @param timeout the longest silence, above zero, or {@code null} for no bound
	 */
	public void setReadTimeout(@Nullable Duration timeout) {
		if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
			throw new IllegalArgumentException("read timeout is " + timeout + ": give a time above zero, or null");
		}
		this.readTimeout = timeout;
	}

	/**
	 * The error that ended the input.
	 * @return the error, or {@code null}
	 */
	public @Nullable IOException exception() {
		this.lock.lock();
		try {
			return this.input.failure();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the input with an error. What was received before can still be read.
	 * @param failure the error
	 */
	public void setException(IOException failure) {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.fail(failure);
			settled = attemptPending();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/**
	 * Ties the reader to the transport that feeds it, so that it can pause it.
	 * @param transport the transport
	 * @throws IllegalStateException if it has one already
	 */
	public void setTransport(Transport transport) {
		if (this.transport != null) {
			throw new IllegalStateException("Transport already set");
		}
		this.transport = transport;
	}

	/**
	 * Takes bytes in, as a transport's protocol does.
	 * @param data the bytes, which are copied
	 * @throws IllegalStateException after {@link #feedEof()}
	 */
	public void feedData(byte[] data) {
		feedData(ByteBuffer.wrap(data));
	}

	/**
	 * Takes a buffer's remaining bytes in and moves its position behind them.
	 * @param data the bytes, which are copied
	 * @throws IllegalStateException after {@link #feedEof()}
	 */
	public void feedData(ByteBuffer data) {
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			if (this.input.isEnded()) {
				refuseAfterEof(data);
			}
			else if (data.hasRemaining()) {
				this.input.append(data);
				if (this.readTimeout != null) {
					this.lastFed = System.nanoTime();
				}
				pauseAbove();
				settled = attemptPending();
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	/** Ends the input in good order. */
	public void feedEof() {
		PendingRead<?> settled;
		this.lock.lock();
		try {
			this.input.end();
			settled = attemptPending();
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	@Override
	public String toString() {
		this.lock.lock();
		try {
			StringBuilder text = new StringBuilder("StreamReader[").append(this.input.size()).append(" bytes");
			text.append(this.input.isEnded() ? ", eof" : "");
			text.append(this.input.limit().equals(ReadLimit.DEFAULT) ? "" : ", limit=" + this.input.limit().bytes());
			text.append((this.pending != null) ? ", waiting in " + this.pending.request().method() : "");
			text.append((this.input.failure() != null) ? ", exception=" + this.input.failure() : "");
			text.append((this.transport != null) ? ", transport=" + this.transport : "");
			return text.append(this.input.gate().isPaused() ? ", paused]" : "]").toString();
		}
		finally {
			this.lock.unlock();
		}
	}

	void setConnection(StreamConnection connection) {
		this.connection = connection;
	}

	void replaceTransport(Transport transport) {
		this.transport = transport;
	}

	/**
	 * Takes everything that was received and not read, for an upgrade of the connection.
	 * @throws IllegalStateException if a read waits
	 */
	byte[] takeReadAhead() {
		this.lock.lock();
		try {
			if (this.pending != null) {
				throw new IllegalStateException("startTls while " + this.pending.request().method()
						+ " waits for data: let the read finish first, or cancel it");
			}
			byte[] readAhead = this.input.take(this.input.size());
			resumeAfterConsuming();
			return readAhead;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Lets reads give out what was received, and end where they would have to wait with
	 * nothing buffered: the server stops.
	 */
	void endWhenEmpty() {
		PendingRead<?> settled = null;
		this.lock.lock();
		try {
			this.ending = true;
			if (this.pending != null && this.input.isEmpty()) {
				this.input.end();
				settled = attemptPending();
			}
		}
		finally {
			this.lock.unlock();
		}
		announce(settled);
	}

	boolean hasInputEnded() {
		this.lock.lock();
		try {
			return this.input.isEnded();
		}
		finally {
			this.lock.unlock();
		}
	}

	BufferSnapshot snapshot(long now) {
		this.lock.lock();
		try {
			return this.input.snapshot(now);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What comes after the server's stop has ended the input is dropped. */
	private void refuseAfterEof(ByteBuffer data) {
		if (!this.ending) {
			throw new IllegalStateException("feedData after feedEof: the input has ended");
		}
		data.position(data.limit());
	}

	/**
	 * Whether bytes wait to be read.
	 * @throws IOException the error that ended the input
	 */
	boolean hasUnread() throws IOException {
		this.lock.lock();
		try {
			IOException failure = this.input.failure();
			if (failure != null) {
				throw failure;
			}
			return !this.input.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static ReadRequest<byte[]> some(int max) {
		return (max < 0) ? new ReadRequest.All() : new ReadRequest.Some(max);
	}

	private static ReadRequest<byte[]> exactly(int length) {
		if (length < 0) {
			throw new IllegalArgumentException("readExactly size can not be less than zero, but is " + length);
		}
		return new ReadRequest.Exactly(length);
	}

	private static byte[] nothing() {
		return NO_BYTES;
	}

	private static CompletableFuture<byte[]> nothingAsync() {
		return CompletableFuture.completedFuture(NO_BYTES);
	}

	private <T> T await(ReadRequest<T> request) throws IOException {
		PendingRead<T> read;
		this.lock.lock();
		try {
			T ready = attempt(request);
			if (ready != null) {
				return ready;
			}
			read = PendingRead.blocking(request);
			refuseOnEventLoop(request);
			waitForData(read);
		}
		catch (IllegalStateException ex) {
			request.putBack(this.input);
			throw ex;
		}
		finally {
			this.lock.unlock();
		}
		flushWrites();
		park(read);
		return read.outcome();
	}

	private <T> CompletableFuture<T> submit(ReadRequest<T> request) {
		CompletableFuture<T> future = new CompletableFuture<>();
		PendingRead<T> read;
		this.lock.lock();
		try {
			T ready = attempt(request);
			if (ready != null) {
				return CompletableFuture.completedFuture(ready);
			}
			read = PendingRead.asynchronous(request, future);
			waitForData(read);
		}
		catch (IOException | IllegalStateException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		finally {
			this.lock.unlock();
		}
		flushWrites();
		future.whenComplete((value, failure) -> {
			if (future.isCancelled()) {
				withdraw(read, false);
			}
		});
		return future;
	}

	/** Call with {@link #lock} held. */
	private <T> @Nullable T attempt(ReadRequest<T> request) throws IOException {
		try {
			T ready = request.attempt(this.input);
			if (ready == null && this.ending && this.input.isEmpty()) {
				this.input.end();
				ready = request.attempt(this.input);
			}
			return ready;
		}
		finally {
			resumeAfterConsuming();
		}
	}

	/** Call with {@link #lock} held. */
	private void waitForData(PendingRead<?> read) {
		if (this.pending != null) {
			throw new IllegalStateException(
					read.request().method() + "() called while another coroutine is already waiting for incoming data");
		}
		resume();
		this.pending = read;
		if (this.readTimeout != null) {
			this.lastFed = System.nanoTime();
		}
	}

	/**
	 * Tries the read that waits. Call with {@link #lock} held, and announce the answer
	 * without it.
	 */
	private @Nullable PendingRead<?> attemptPending() {
		PendingRead<?> read = this.pending;
		if (read == null) {
			return null;
		}
		boolean settled = read.attempt(this.input);
		resumeAfterConsuming();
		if (!settled) {
			// A read that needs more than the buffer may hold would never get it.
			resume();
			return null;
		}
		this.pending = null;
		return read;
	}

	private static void announce(@Nullable PendingRead<?> settled) {
		if (settled != null) {
			settled.announce();
		}
	}

	private void park(PendingRead<?> read) throws IOException {
		while (!read.isSettled()) {
			Duration timeout = this.readTimeout;
			if (timeout == null) {
				LockSupport.park(this);
			}
			else {
				parkWithin(timeout, read);
			}
			if (Thread.currentThread().isInterrupted() && withdraw(read, true)) {
				throw new InterruptedIOException(read.request().method() + " was interrupted; no byte was lost");
			}
		}
	}

	private void parkWithin(Duration timeout, PendingRead<?> read) throws ReadTimeoutException {
		this.lock.lock();
		long remaining;
		try {
			remaining = this.lastFed + timeout.toNanos() - System.nanoTime();
		}
		finally {
			this.lock.unlock();
		}
		if (remaining > 0) {
			LockSupport.parkNanos(this, remaining);
		}
		else if (withdraw(read, true)) {
			throw new ReadTimeoutException(read.request().method(), timeout);
		}
	}

	/**
	 * Takes a read back before it is settled.
	 * @param putBack whether the bytes that it had taken go back; a cancelled future's do
	 * not, as in CPython
	 * @return {@code false} if it was settled first
	 */
	private boolean withdraw(PendingRead<?> read, boolean putBack) {
		this.lock.lock();
		try {
			if (this.pending != read) {
				return false;
			}
			this.pending = null;
			if (putBack) {
				read.request().putBack(this.input);
				pauseAbove();
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Nobody who is about to wait for an answer keeps back the question. */
	private void flushWrites() {
		Transport transport = this.transport;
		if (transport != null) {
			transport.flush();
		}
	}

	private void refuseOnEventLoop(ReadRequest<?> request) {
		Transport transport = this.transport;
		if (transport != null && transport.inEventLoop()) {
			throw new IllegalStateException(request.method() + " would block the event loop: call " + request.method()
					+ "Async, or use a ConnectionHandler, which has a thread of its own");
		}
	}

	/** Call with {@link #lock} held. */
	private void pauseAbove() {
		Transport transport = this.transport;
		if (transport != null && this.input.isAboveHighMark()
				&& this.input.gate().pauseAbove(this.input.size(), System.nanoTime())) {
			transport.pauseReading();
			if (this.connection != null) {
				this.connection.readingPaused();
			}
		}
	}

	/** Call with {@link #lock} held. */
	private void resumeAfterConsuming() {
		if (this.input.pollConsumed()) {
			resumeIfAtOrBelowLimit();
		}
	}

	/** Call with {@link #lock} held. */
	private void resumeIfAtOrBelowLimit() {
		if (this.input.gate().isPaused() && this.input.size() <= this.input.limit().bytes()) {
			resume();
		}
	}

	/** Call with {@link #lock} held. */
	private void resume() {
		PauseGate gate = this.input.gate();
		Transport transport = this.transport;
		if (!gate.isPaused() || transport == null) {
			return;
		}
		long now = System.nanoTime();
		long paused = gate.times(now).currentNanos();
		gate.resume(now);
		transport.resumeReading();
		if (this.connection != null) {
			this.connection.readingResumed(Duration.ofNanos(paused));
		}
	}

}
