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

import org.jspecify.annotations.Nullable;

/**
 * Reads what a peer sends.
 * <p>
 * Every read comes in two forms: a blocking one for virtual (and platform) threads, and
 * an asynchronous one, whose future completes on the connection's event loop, or is
 * complete at once if the bytes are there, but not 33 times in a row. A read that would
 * have to wait while another read waits is refused. An interrupted read throws
 * {@link InterruptedIOException}: the thread's flag is kept, no byte is lost, and the
 * stream is still usable.
 * <p>
 * Flow control: when more than twice the {@link #limit()} is buffered, the peer is no
 * longer read, until a read has brought the buffer to the limit or below, or waits.
 * <p>
 * The input ends in one of two ways. After the peer's end of stream, reads return what is
 * left and then what each says of the end. After an error, reads give out what was
 * received before it, and then throw it; asyncio throws at once, and loses the bytes.
 * <p>
 * asyncio counterpart: {@code asyncio.StreamReader}.
 *
 * @since 0.1
 */
public final class StreamReader {

	private final ReadSide side;

	/** Unreachable once no thread holds the connection; {@code null} if unused. */
	private final @Nullable Object guard;

	/** Create a reader with asyncio's default limit of 64 KiB. */
	public StreamReader() {
		this(new ReadSide(ReadLimit.DEFAULT), null);
	}

	/**
	 * Create a reader.
	 * @param limit bytes of the longest line, 1 to 1 GiB
	 * @throws IllegalArgumentException if the limit is out of its range
	 */
	public StreamReader(int limit) {
		this(new ReadSide(new ReadLimit(limit)), null);
	}

	StreamReader(ReadSide side, @Nullable Object guard) {
		this.side = side;
		this.guard = guard;
	}

	/**
	 * Waits for the first byte of a message, and takes none. A handler that calls it
	 * between two messages tells the server where a stop may end the conversation: the
	 * stop ends this wait at once, and no other read before the peer has been silent for
	 * the quiet period. asyncio has no counterpart.
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
		return await(ReadRequest.some(max));
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
		return await(ReadRequest.exactly(length));
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
			return this.side.readLine();
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	/**
	 * Reads a line of text, as {@link #readLine()} reads its bytes. Bytes that are not
	 * text become {@code U+FFFD}.
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
		return await(ReadUntil.of(separator));
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
		return await(ReadUntil.of(separators));
	}

	/**
	 * Drops everything up to and including the next {@code \n}, or up to the end of the
	 * input, however much it is, and holds none of it: the rest of a line that was too
	 * long. Dropped bytes do not come back after an error. After a
	 * {@link LimitOverrunException} of {@link #readUntil(byte[])} the whole line is still
	 * there; after one of {@link #readLine()} a part of it or all may be dropped. asyncio
	 * has no counterpart.
	 * @return how many bytes were dropped, the {@code \n} included
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public long skipLine() throws IOException {
		return await(ReadSkip.line());
	}

	/**
	 * Drops everything up to and including a separator, however much it is, and holds
	 * none of it. Dropped bytes do not come back after an error.
	 * @param separator one byte or more
	 * @return how many bytes were dropped, the separator included
	 * @throws IncompleteReadException if the input ends before; everything was dropped
	 * @throws IOException if the connection is lost, or the wait is interrupted
	 */
	public long skipUntil(byte[] separator) throws IOException {
		return await(ReadSkip.until(separator));
	}

	/**
	 * Returns the lines up to the end of the input, each as {@link #readLine()} reads it:
	 * asyncio's {@code async for}. The iterator throws {@link UncheckedIOException}.
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
		return submit(ReadRequest.some(max));
	}

	/**
	 * The asynchronous form of {@link #readExactly(int)}.
	 * @param length how many bytes, 0 or more
	 * @return the bytes
	 */
	public CompletableFuture<byte[]> readExactlyAsync(int length) {
		return submit(ReadRequest.exactly(length));
	}

	/**
	 * The asynchronous form of {@link #readLine()}.
	 * @return the line
	 */
	public CompletableFuture<byte[]> readLineAsync() {
		return submit(new ReadLine());
	}

	/**
	 * The asynchronous form of {@link #readLine(Charset)}.
	 * @param charset the charset of the text, as there
	 * @return the line
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
		return submit(ReadUntil.of(separator));
	}

	/**
	 * The asynchronous form of {@link #readUntil(List)}.
	 * @param separators one or more, each of one byte or more
	 * @return the shortest chunk that ends in a separator
	 */
	public CompletableFuture<byte[]> readUntilAsync(List<byte[]> separators) {
		return submit(ReadUntil.of(separators));
	}

	/**
	 * The asynchronous form of {@link #skipLine()}.
	 * @return how many bytes were dropped; cancelling it stops the dropping
	 */
	public CompletableFuture<Long> skipLineAsync() {
		return submit(ReadSkip.line());
	}

	/**
	 * The asynchronous form of {@link #skipUntil(byte[])}.
	 * @param separator one byte or more
	 * @return how many bytes were dropped; cancelling it stops the dropping
	 */
	public CompletableFuture<Long> skipUntilAsync(byte[] separator) {
		return submit(ReadSkip.until(separator));
	}

	/**
	 * Whether the input ended and everything was read.
	 * @return {@code true} if no read returns a byte any more
	 */
	public boolean atEof() {
		return this.side.state().isAtEof();
	}

	/**
	 * Returns how many bytes were received and not yet read.
	 * @return bytes, 0 or more
	 */
	public int buffered() {
		return this.side.state().buffered();
	}

	/**
	 * Returns the limit of this reader: the longest line that a read accepts.
	 * @return the limit in bytes
	 */
	public int limit() {
		return this.side.state().limit().bytes();
	}

	/**
	 * Replaces the limit, from the next read or the next bytes on. Raising it resumes a
	 * peer who is no longer above it.
	 * @param bytes the new limit in bytes, 1 to 1 GiB
	 * @throws IllegalArgumentException if the limit is out of its range
	 */
	public void setLimit(int bytes) {
		this.side.setLimit(new ReadLimit(bytes));
	}

	/**
	 * Bounds the silence of the peer while a read waits; every byte starts it again. A
	 * read that it ends throws {@link ReadTimeoutException}, and has taken no byte.
	 * @param timeout the longest silence, above zero, or {@code null} for no bound; for
	 * reads that begin from now on. One that waits may be bounded by the old or the new
	 * @throws IllegalArgumentException if it is not above zero
	 */
	public void setReadTimeout(@Nullable Duration timeout) {
		this.side.setTimeout(ReadTimeout.check(timeout));
	}

	/**
	 * Returns the error that ended the input. Reads throw copies of it.
	 * @return the error itself, or {@code null}
	 */
	public @Nullable IOException exception() {
		return this.side.failure();
	}

	@Override
	public String toString() {
		return this.side.toString();
	}

	ReadSide side() {
		return this.side;
	}

	/** Reads. The read holds this reader, even if no other thread does. */
	private <T> T await(ReadRequest<T> request) throws IOException {
		try {
			return this.side.await(request);
		}
		finally {
			Reference.reachabilityFence(this);
		}
	}

	private <T> CompletableFuture<T> submit(ReadRequest<T> request) {
		return keptBy(this.side.submit(request));
	}

	/** Makes a future hold this reader until it is done. */
	<T extends @Nullable Object> CompletableFuture<T> keptBy(CompletableFuture<T> future) {
		if (this.guard != null && !future.isDone()) {
			future.whenComplete((value, failure) -> Reference.reachabilityFence(this));
		}
		return future;
	}

}
