package io.streams.buffer;

import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A queue of bytes in pooled segments. What is appended is copied; what is empty holds no
 * segment. The size is a running counter.
 * <p>
 * Not safe for use by several threads: whoever owns the queue guards it.
 */
public final class SegmentQueue {

	private static final byte[] NO_BYTES = new byte[0];

	private final SegmentPool pool = SegmentPool.assign();

	private @Nullable Segment first;

	private @Nullable Segment last;

	private long size;

	/**
	 * {@return the number of bytes in the queue}
	 */
	public long size() {
		return this.size;
	}

	/**
	 * {@return whether no byte is in the queue}
	 */
	public boolean isEmpty() {
		return this.size == 0;
	}

	/**
	 * Appends a copy of some bytes.
	 * @param bytes where they are
	 * @param offset where they begin
	 * @param length how many they are
	 */
	public void append(byte[] bytes, int offset, int length) {
		append(bytes, offset, length, 0);
	}

	/**
	 * Appends a copy of some bytes, of which there will soon be more.
	 * @param bytes where they are
	 * @param offset where they begin
	 * @param length how many they are
	 * @param expected how many bytes the queue will mostly hold when it holds any, by
	 * which the size of its first segment is chosen
	 */
	public void append(byte[] bytes, int offset, int length, int expected) {
		int from = offset;
		int remaining = length;
		while (remaining > 0) {
			Segment segment = writable(remaining, expected);
			int n = Math.min(remaining, segment.free());
			System.arraycopy(bytes, from, segment.bytes, segment.tail, n);
			segment.tail += n;
			this.size += n;
			from += n;
			remaining -= n;
		}
	}

	/**
	 * Appends a copy of a buffer's remaining bytes and moves its position behind them.
	 * @param bytes the buffer
	 */
	public void append(ByteBuffer bytes) {
		append(bytes, 0);
	}

	/**
	 * Appends a copy of a buffer's remaining bytes, of which there will soon be more, and
	 * moves its position behind them.
	 * @param bytes the buffer
	 * @param expected how many bytes the queue will mostly hold when it holds any, by
	 * which the size of its first segment is chosen
	 */
	public void append(ByteBuffer bytes, int expected) {
		while (bytes.hasRemaining()) {
			Segment segment = writable(bytes.remaining(), expected);
			int n = Math.min(bytes.remaining(), segment.free());
			bytes.get(segment.bytes, segment.tail, n);
			segment.tail += n;
			this.size += n;
		}
	}

	/**
	 * Puts another queue's bytes in front of all others. The other queue is empty then.
	 * @param front the other queue
	 */
	public void prepend(SegmentQueue front) {
		moveTo(front);
		this.first = front.first;
		this.last = front.last;
		this.size = front.size;
		front.first = null;
		front.last = null;
		front.size = 0;
	}

	/**
	 * Moves everything to the end of another queue. Bytes that fit into its last segment
	 * are copied, so that small pieces do not take a segment each.
	 * @param target the other queue
	 */
	public void moveTo(SegmentQueue target) {
		for (Segment segment; (segment = this.first) != null;) {
			int n = segment.size();
			Segment end = target.last;
			if (end != null && n <= end.free()) {
				target.append(segment.bytes, segment.head, n);
				consume(segment, n);
			}
			else {
				unlink(segment, n);
				target.link(segment);
				target.size += n;
			}
		}
	}

	/**
	 * Moves everything into one array, which has room for more. Once the array is full,
	 * and no byte has left the queue, {@link #take} of its length returns the array
	 * itself. Does nothing if the queue is empty.
	 * @param capacity the length of the array in bytes, more than 8 KiB and at least
	 * {@link #size()}
	 */
	public void gather(int capacity) {
		if (isEmpty()) {
			return;
		}
		Segment whole = SegmentPool.takeOversized(capacity);
		whole.tail = read(whole.bytes, 0, capacity);
		link(whole);
		this.size = whole.tail;
	}

	/**
	 * Takes bytes off the front.
	 * @param length how many, at most {@link #size()}
	 * @return an array of that length
	 */
	public byte[] take(int length) {
		if (length == 0) {
			return NO_BYTES;
		}
		Segment segment = this.first;
		if (segment != null && segment.isOversized() && segment.size() == length && segment.bytes.length == length) {
			consume(segment, length);
			return segment.bytes;
		}
		byte[] taken = new byte[length];
		int n = read(taken, 0, length);
		if (n < length) {
			throw new IllegalArgumentException("take(" + length + ") but only " + n + " bytes were in the queue");
		}
		return taken;
	}

	/**
	 * Takes bytes off the front, up to and including the first of some value. Mostly they
	 * are in one segment: then they are found, copied and dropped in one go.
	 * @param value the last byte to take
	 * @param max how many bytes may be before it
	 * @return the bytes, or {@code null} if the value is not there, or is too far behind
	 */
	public byte @Nullable [] takeThrough(byte value, int max) {
		Segment segment = this.first;
		if (segment == null) {
			return null;
		}
		int index = ByteSearch.indexOf(segment.bytes, segment.head, segment.tail, value);
		if (index < 0) {
			long end = indexOf(value, segment.size());
			return (end >= 0 && end <= max) ? take((int) end + 1) : null;
		}
		if (index - segment.head > max) {
			return null;
		}
		byte[] taken = Arrays.copyOfRange(segment.bytes, segment.head, index + 1);
		consume(segment, taken.length);
		return taken;
	}

	/**
	 * Takes bytes off the front into an array.
	 * @param target where they go
	 * @param offset where the first one goes
	 * @param length how many at the most
	 * @return how many were taken; less than {@code length} only if the queue is empty
	 * now
	 */
	public int read(byte[] target, int offset, int length) {
		int done = 0;
		while (done < length && this.first != null) {
			Segment segment = this.first;
			int n = Math.min(length - done, segment.size());
			System.arraycopy(segment.bytes, segment.head, target, offset + done, n);
			consume(segment, n);
			done += n;
		}
		return done;
	}

	/**
	 * Takes bytes off the front into a buffer, as many as fit.
	 * @param target the buffer, whose position moves
	 * @return how many were taken
	 */
	public int read(ByteBuffer target) {
		int done = 0;
		while (target.hasRemaining() && this.first != null) {
			Segment segment = this.first;
			int n = Math.min(target.remaining(), segment.size());
			target.put(segment.bytes, segment.head, n);
			consume(segment, n);
			done += n;
		}
		return done;
	}

	/**
	 * Drops bytes off the front.
	 * @param length how many, at most {@link #size()}
	 */
	public void skip(long length) {
		long remaining = length;
		while (remaining > 0 && this.first != null) {
			int n = (int) Math.min(remaining, this.first.size());
			consume(this.first, n);
			remaining -= n;
		}
	}

	/** Drops everything. */
	public void clear() {
		skip(this.size);
	}

	/**
	 * Shows the bytes at the front without taking them, for a gathering write.
	 * @param max how many segments at the most
	 * @return a view of each segment's bytes, in order, good until the next call
	 */
	public ByteBuffer[] peek(int max) {
		int count = 0;
		for (Segment segment = this.first; segment != null && count < max; segment = segment.next) {
			count++;
		}
		return views(count);
	}

	/**
	 * {@return a view of the first segment's bytes, empty if the queue is}
	 */
	public ByteBuffer peekFirst() {
		Segment segment = this.first;
		return (segment != null) ? segment.view() : ByteBuffer.allocate(0);
	}

	/**
	 * {@return whether {@link #peekFirst()} shows all bytes}
	 */
	public boolean isOneSegment() {
		return this.first == this.last;
	}

	/**
	 * Shows so many segments as hold some number of bytes.
	 * @param bytes how many bytes are wanted
	 * @return a view of each segment's bytes, in order; together at least that many, if
	 * the queue has them
	 */
	public ByteBuffer[] peekBytes(int bytes) {
		int count = 0;
		int shown = 0;
		for (Segment segment = this.first; segment != null && shown < bytes; segment = segment.next) {
			shown += segment.size();
			count++;
		}
		return views(count);
	}

	private ByteBuffer[] views(int count) {
		ByteBuffer[] views = new ByteBuffer[count];
		Segment segment = this.first;
		for (int i = 0; i < count && segment != null; i++) {
			views[i] = segment.view();
			segment = segment.next;
		}
		return views;
	}

	/**
	 * Returns a byte; 0 is the index of the front.
	 * @param index its index
	 * @return the byte
	 * @throws IndexOutOfBoundsException if there is none
	 */
	public byte byteAt(int index) {
		return SegmentSearch.byteAt(segmentFor(index), baseFor(index), index);
	}

	/**
	 * Finds a byte.
	 * @param value the byte
	 * @param from the index to begin at, 0 being the front
	 * @return its index, or -1
	 */
	public long indexOf(byte value, long from) {
		return SegmentSearch.indexOf(segmentFor(from), baseFor(from), value, from);
	}

	/**
	 * Finds a sequence of bytes.
	 * @param sequence the bytes, at least one
	 * @param from the index to begin at, 0 being the front
	 * @return the index of its first byte, or -1
	 */
	public long indexOf(byte[] sequence, long from) {
		return indexOf(sequence, from, this.size);
	}

	/**
	 * Finds a sequence of bytes that lies before an index.
	 * @param sequence the bytes, at least one
	 * @param from the index to begin at, 0 being the front
	 * @param end the index behind which no byte of it may lie
	 * @return the index of its first byte, or -1
	 */
	public long indexOf(byte[] sequence, long from, long end) {
		long last = Math.min(end, this.size) - sequence.length;
		return SegmentSearch.indexOf(segmentFor(from), baseFor(from), sequence, from, last);
	}

	/** A search after each received byte begins at the last segment. */
	private @Nullable Segment segmentFor(long index) {
		Segment end = this.last;
		return (end != null && index >= this.size - end.size()) ? end : this.first;
	}

	/** The index of the first byte of {@link #segmentFor}. */
	private long baseFor(long index) {
		Segment end = this.last;
		return (end != null && index >= this.size - end.size()) ? this.size - end.size() : 0;
	}

	private Segment writable(int bytesToCome, int expected) {
		Segment segment = this.last;
		if (segment != null && segment.free() > 0) {
			return segment;
		}
		Segment added = this.pool.take(Math.max(this.size + bytesToCome, expected));
		link(added);
		return added;
	}

	private void link(Segment added) {
		Segment end = this.last;
		if (end == null) {
			this.first = added;
		}
		else {
			end.next = added;
		}
		this.last = added;
	}

	private void consume(Segment segment, int n) {
		if (n < segment.size()) {
			segment.head += n;
			this.size -= n;
		}
		else {
			unlink(segment, n);
			this.pool.recycle(segment);
		}
	}

	private void unlink(Segment segment, int n) {
		this.size -= n;
		this.first = segment.next;
		if (this.first == null) {
			this.last = null;
		}
		segment.next = null;
	}

}
