package io.streams;

import io.streams.flow.WaterMarks;

/**
 * The limit of a reader, checked, with the water marks that follow from it. It bounds the
 * longest line (or chunk before a separator) that a read accepts. Reading pauses when
 * more than twice the limit is buffered. The connections of a server share one instance.
 * <p>
 * asyncio counterpart: the {@code limit} argument of {@code start_server} and
 * {@code open_connection}.
 *
 * @param bytes the limit in bytes, 1 to 1 GiB
 */
record ReadLimit(int bytes) {

	/** Bytes of asyncio's default limit: 64 KiB. */
	static final int DEFAULT_BYTES = 64 * 1024;

	/** Bytes of the largest limit: 1 GiB, so that its double still is an {@code int}. */
	static final int MAX_BYTES = 1 << 30;

	/** asyncio's default limit, 64 KiB. */
	static final ReadLimit DEFAULT = new ReadLimit(DEFAULT_BYTES);

	/** Shared by all readers with the default limit, of which most are. */
	private static final WaterMarks DEFAULT_MARKS = marks(DEFAULT_BYTES);

	ReadLimit {
		if (bytes <= 0) {
			throw new IllegalArgumentException("Limit cannot be <= 0, but is " + bytes + ": give the number of bytes"
					+ " of the longest line to accept (default " + DEFAULT_BYTES + ")");
		}
		if (bytes > MAX_BYTES) {
			throw new IllegalArgumentException("limit " + bytes + " is above 1 GiB, the largest limit: read long"
					+ " messages in parts with read(n) instead");
		}
	}

	/**
	 * The marks of the read buffer: reading pauses above twice the limit and resumes at
	 * or below the limit.
	 * @return the water marks of the reader's buffer
	 */
	WaterMarks waterMarks() {
		return (this.bytes == DEFAULT_BYTES) ? DEFAULT_MARKS : marks(this.bytes);
	}

	/**
	 * Returns the high-water mark of the read buffer, without making the marks.
	 * @return the bytes above which reading pauses: twice the limit
	 */
	public int highWaterMark() {
		return highWaterMark(this.bytes);
	}

	private static int highWaterMark(int bytes) {
		return (int) Math.min(2L * bytes, Integer.MAX_VALUE);
	}

	private static WaterMarks marks(int bytes) {
		return new WaterMarks(bytes, highWaterMark(bytes));
	}

}
