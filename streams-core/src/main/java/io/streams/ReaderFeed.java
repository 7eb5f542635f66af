package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.transport.Transport;

/**
 * Feeds a {@link StreamReader}: the half of a reader that belongs to a protocol. A
 * handler gets the reader alone, and so cannot forge its own input.
 * <p>
 * {@link StreamReaderProtocol} needs no feed; this class is for protocols that do what it
 * does, and for tests of code that reads. Safe for use by any thread.
 * <p>
 * asyncio counterpart: {@code feed_data}, {@code feed_eof}, {@code set_exception} and
 * {@code set_transport} of {@code asyncio.StreamReader}.
 *
 * @since 0.1
 */
public final class ReaderFeed {

	private final StreamReader reader;

	private ReaderFeed(StreamReader reader) {
		this.reader = reader;
	}

	/**
	 * Creates a reader with asyncio's default limit of 64 KiB, and its feed.
	 * @return the feed
	 */
	public static ReaderFeed create() {
		return new ReaderFeed(new StreamReader());
	}

	/**
	 * Creates a reader and its feed.
	 * @param limit bytes of the longest line, 1 to 1 GiB
	 * @return the feed
	 * @throws IllegalArgumentException if the limit is out of its range
	 */
	public static ReaderFeed create(int limit) {
		return new ReaderFeed(new StreamReader(limit));
	}

	/**
	 * Returns the reader that is fed.
	 * @return the same reader at each call
	 */
	public StreamReader reader() {
		return this.reader;
	}

	/**
	 * Ties the reader to the transport that feeds it, so that it can pause it. One whose
	 * {@code pauseReading} throws {@link UnsupportedOperationException} is not asked
	 * again, and everything is buffered, as by asyncio.
	 * @param transport the transport
	 * @throws IllegalStateException if it has one already
	 */
	public void setTransport(Transport transport) {
		this.reader.side().setTransport(transport);
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
		this.reader.side().feed(data);
	}

	/** Ends the input cleanly, unless an error has ended it already. */
	public void feedEof() {
		this.reader.side().end();
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
		this.reader.side().fail(failure);
	}

	@Override
	public String toString() {
		return "ReaderFeed[" + this.reader + "]";
	}

}
