package io.streams;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.streams.flow.ReadLimit;
import io.streams.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * Reads what a peer sends.
 * <p>
 * Every read comes in two forms, with one state machine under both: a blocking one for
 * virtual (and platform) threads, and an asynchronous one, whose future completes on the
 * connection's event loop, or is complete at once if the bytes are there, though not 33
 * times in a row: reads may hang on one another without end. One reader at a time: a read
 * that would have to wait while another waits is refused.
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

	private final ReadSide side;

	/**
	 * What is unreachable when nobody holds the connection; none if that is no matter.
	 */
	private final @Nullable Object guard;

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
		this(new ReadSide(limit), null);
	}

	StreamReader(ReadSide side, @Nullable Object guard) {
		this.side = side;
		this.guard = guard;
	}

	/**
	 * Waits for the first byte of a message, and takes none. A handler that calls it
	 * between two messages tells the server where a stop may end the conversation: the
	 * stop ends this wait at once, and no other read before the peer has been silent for
	 * the quiet period.
	 * <p>
	 * asyncio has no counterpart.
	 * @return {@code true} if there is a byte to read; {@code false} if the peer has
	 * ended its side, or the server stops, and everything received was read
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public boolean awaitInput() throws IOException {
		return await(new ReadRequest.Input());
	}

	/**
	 * The asynchronous form of {@link #awaitInput()}.
	 * @return completes with {@code true} if there is a byte to read, and with
	 * {@code false} if no message follows
	 */
	public CompletableFuture<Boolean> awaitInputAsync() {
		return submit(new ReadRequest.Input());
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
	 * @param max bytes at the most; 0 returns at once, unless an error has ended the
	 * input; negative reads up to the end of the input, as {@link #read()} does
	 * @return 1 to {@code max} bytes, or none at the end of the input
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public byte[] read(int max) throws IOException {
		return await(some(max));
	}

	/**
	 * Reads what there is and fits into a buffer; waits only if there is nothing.
	 * @param target the buffer, whose position moves
	 * @return how many bytes were read, or -1 at the end of the input; 0 only if the
	 * buffer has no room
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public int read(ByteBuffer target) throws IOException {
		if (target.isReadOnly()) {
			throw new IllegalArgumentException("the buffer to read into is read-only: give one that can be written");
		}
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
		return await(exactly(length));
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
		try {
			byte[] line = this.side.readLine();
			this.side.yieldAfterRead();
			return line;
		}
		catch (IOException ex) {
			this.side.yieldFairly();
			throw ex;
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	/**
	 * Reads a line of text, as {@link #readLine()} reads its bytes: the line includes its
	 * {@code \n}, and is empty at the end of the input. Bytes that are no text become
	 * {@code U+FFFD}.
	 * @param charset the charset of the text
	 * @return the line
	 * @throws IllegalArgumentException if lines of the charset do not end in the byte 10,
	 * as those of UTF-16
	 * @throws LimitOverrunException if the line is longer than the limit
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public String readLine(Charset charset) throws IOException {
		TextLines.check(charset);
		return new String(readLine(), charset);
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
		return await(ReadRequest.until(separator));
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
	 * Drops everything up to and including the next {@code \n}, or up to the end of the
	 * input, however much it is, and holds none of it: the rest of a line that was too
	 * long.
	 * <p>
	 * After a {@link LimitOverrunException} of {@link #readUntil(byte[])} the whole line
	 * is still to be skipped; after one of {@link #readLine()} a part of it may be gone,
	 * or all.
	 * <p>
	 * asyncio has no counterpart.
	 * @return how many bytes were dropped, the {@code \n} included
	 * @throws IOException if the connection is lost, or the wait is interrupted; what was
	 * dropped stays dropped
	 */
	public long skipLine() throws IOException {
		return await(ReadRequest.skipLine());
	}

	/**
	 * Drops everything up to and including a separator, however much it is, and holds
	 * none of it.
	 * @param separator one byte or more
	 * @return how many bytes were dropped, the separator included
	 * @throws IncompleteReadException if the input ends before; everything was dropped
	 * @throws IOException if the connection is lost, or the wait is interrupted; what was
	 * dropped stays dropped
	 */
	public long skipUntil(byte[] separator) throws IOException {
		return await(ReadRequest.skipUntil(separator));
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
		return submit(some(max));
	}

	/**
	 * The asynchronous form of {@link #readExactly(int)}.
	 * @param length how many bytes, 0 or more
	 * @return the bytes
	 */
	public CompletableFuture<byte[]> readExactlyAsync(int length) {
		return submit(exactly(length));
	}

	/**
	 * The asynchronous form of {@link #readLine()}.
	 * @return the line
	 */
	public CompletableFuture<byte[]> readLineAsync() {
		return submit(new ReadRequest.Line());
	}

	/**
	 * The asynchronous form of {@link #readLine(Charset)}.
	 * @param charset the charset of the text
	 * @return the line
	 * @throws IllegalArgumentException if lines of the charset do not end in the byte 10
	 */
	public CompletableFuture<String> readLineAsync(Charset charset) {
		TextLines.check(charset);
		return readLineAsync().thenApply((line) -> new String(line, charset));
	}

	/**
	 * The asynchronous form of {@link #readUntil(byte[])}.
	 * @param separator one byte or more
	 * @return the bytes up to the end of the separator
	 */
	public CompletableFuture<byte[]> readUntilAsync(byte[] separator) {
		return submit(ReadRequest.until(separator));
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
	 * The asynchronous form of {@link #skipLine()}.
	 * @return how many bytes were dropped; cancelling it stops the dropping
	 */
	public CompletableFuture<Long> skipLineAsync() {
		return submit(ReadRequest.skipLine());
	}

	/**
	 * The asynchronous form of {@link #skipUntil(byte[])}.
	 * @param separator one byte or more
	 * @return how many bytes were dropped; cancelling it stops the dropping
	 */
	public CompletableFuture<Long> skipUntilAsync(byte[] separator) {
		return submit(ReadRequest.skipUntil(separator));
	}

	/**
	 * Whether the input ended and everything was read.
	 * @return {@code true} if no read will return a byte any more
	 */
	public boolean atEof() {
		return this.side.state().isAtEof();
	}

	/**
	 * How many bytes were received and not yet read.
	 * @return bytes, 0 or more
	 */
	public int buffered() {
		return this.side.state().buffered();
	}

	public ReadLimit limit() {
		return this.side.state().limit();
	}

	/**
	 * Replaces the limit, from the next read or the next bytes on. Raising it resumes a
	 * peer who is no longer above it.
	 * @param limit the new limit
	 */
	public void setLimit(ReadLimit limit) {
		this.side.setLimit(limit);
	}

	/**
	 * Bounds how long a read may go without receiving a byte. The clock starts anew with
	 * every byte. A read that it ends throws {@link ReadTimeoutException}, or completes
	 * with it, and has taken no byte.
	 * @param timeout the longest silence, above zero, or {@code null} for no bound; for
	 * reads that begin from now on. One that waits may be bounded by the old or the new
	 */
	public void setReadTimeout(@Nullable Duration timeout) {
		if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
			throw new IllegalArgumentException("read timeout is " + timeout + ": give a time above zero, or null");
		}
		this.side.setTimeout(timeout);
	}

	/**
	 * Returns the error that ended the input. Reads throw copies of it.
	 * @return the error itself, or {@code null}
	 */
	public @Nullable IOException exception() {
		return this.side.failure();
	}

	/**
	 * Ends the input with an error. Bytes that were received before can still be read.
	 * The error counts even if {@link #feedEof()} follows; after {@link #feedEof()} it is
	 * kept, but reads still return the end.
	 * <p>
	 * Each read throws an exception of its own, whose cause is this error. It has the
	 * type of this error if that has a public constructor of a message and a cause, of a
	 * message, or without parameters; else the nearest supertype that has one.
	 * @param failure the error
	 */
	public void setException(IOException failure) {
		this.side.fail(failure);
	}

	/**
	 * Ties the reader to the transport that feeds it, so that it can pause it. One whose
	 * {@code pauseReading} throws {@link UnsupportedOperationException} is not asked
	 * again, and everything is buffered, as by asyncio.
	 * @param transport the transport
	 * @throws IllegalStateException if it has one already
	 */
	public void setTransport(Transport transport) {
		this.side.setTransport(transport);
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
		this.side.feed(data);
	}

	/** Ends the input cleanly, unless an error has ended it already. */
	public void feedEof() {
		this.side.end();
	}

	@Override
	public String toString() {
		return this.side.toString();
	}

	ReadSide side() {
		return this.side;
	}

	/** Whether it matters if nobody holds this reader any more. */
	boolean isGuarded() {
		return this.guard != null;
	}

	/** Reads, and is held by the read, even if nobody else holds it. */
	private <T> T await(ReadRequest<T> request) throws IOException {
		try {
			T result = this.side.await(request);
			this.side.yieldAfterRead();
			return result;
		}
		catch (IOException ex) {
			this.side.yieldFairly();
			throw ex;
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	private <T> CompletableFuture<T> submit(ReadRequest<T> request) {
		CompletableFuture<T> future = this.side.submit(request);
		if (isGuarded() && !future.isDone()) {
			future.whenComplete((value, failure) -> Reference.reachabilityFence(this));
		}
		return future;
	}

	private static ReadRequest<byte[]> some(int max) {
		if (max == 0) {
			return new ReadRequest.Nothing("read");
		}
		return (max < 0) ? new ReadRequest.All() : new ReadRequest.Some(max);
	}

	private static ReadRequest<byte[]> exactly(int length) {
		if (length < 0) {
			throw new IllegalArgumentException("readExactly size can not be less than zero, but is " + length
					+ ": give 0 or more, or use read to read up to the end of the input");
		}
		return (length == 0) ? new ReadRequest.Nothing("readExactly") : new ReadRequest.Exactly(length);
	}

}
