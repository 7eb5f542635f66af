package io.streams.buffer;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * A piece of a {@link SegmentQueue}.
 * <p>
 * Invariant: {@code 0 <= head <= tail <= bytes.length}; the bytes from {@code head} to
 * {@code tail} are in the queue, those behind {@code tail} are free. A segment belongs to
 * one queue or to one {@link SegmentPool}, never to both: {@code next} links it in the
 * one or in the other.
 */
final class Segment {

	/** Bytes of a segment for a busy stream. */
	static final int LARGE_BYTES = 8 * 1024;

	/** Bytes of a segment for a stream on which little is buffered. */
	static final int SMALL_BYTES = 512;

	final byte[] bytes;

	int head;

	int tail;

	/** Guarded by the owner of the queue, or by the pool. */
	@Nullable Segment next;

	/** How many segments lie below this one in the pool, itself included. */
	int depth;

	/** Made once, because most segments are looked at for each write. */
	private final ByteBuffer view;

	Segment(int capacity) {
		this.bytes = new byte[capacity];
		this.view = ByteBuffer.wrap(this.bytes);
	}

	/** The bytes in the queue, as a buffer that is good until the next call. */
	ByteBuffer view() {
		return this.view.limit(this.tail).position(this.head);
	}

	int size() {
		return this.tail - this.head;
	}

	int free() {
		return this.bytes.length - this.tail;
	}

	/** Whether it was made for one long read, and does not go back to the pool. */
	boolean isOversized() {
		return this.bytes.length > LARGE_BYTES;
	}

	boolean isLarge() {
		return this.bytes.length == LARGE_BYTES;
	}

}
