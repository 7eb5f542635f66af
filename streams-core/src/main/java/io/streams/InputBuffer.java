package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.buffer.SegmentQueue;
import io.streams.flow.FreshFailure;
import io.streams.flow.PauseTimes;

import org.jspecify.annotations.Nullable;

/**
 * What a reader has received and not yet given out, with how the input ended. Owned by
 * one {@link StreamReader}, whose lock guards it.
 */
final class InputBuffer {

	/** The shortest read whose array is made before all of its bytes have come. */
	private static final int GATHER_BYTES = 256 * 1024;

	/** The array of a read is at most so many times as long as what has come. */
	private static final int GATHER_SHARE = 4;

	private final SegmentQueue queue = new SegmentQueue();

	private ReadLimit limit;

	/** How the input ended. */
	enum End {

		/** Bytes may come. */
		NONE,

		/** The peer ended it, and no error came before. */
		PROPER,

		/** An error ended it, and the peer did not do so before. */
		FAILURE,

		/** Neither received bytes nor an end count. */
		DISTRUSTED

	}

	/** Whether an end was fed, after which no byte may come. */
	private boolean eofFed;

	private End end = End.NONE;

	/** Written under the reader's lock, read by any thread. */
	private volatile @Nullable IOException failure;

	private long received;

	private boolean consumed;

	InputBuffer(ReadLimit limit) {
		this.limit = limit;
	}

	void append(ByteBuffer data) {
		this.received += data.remaining();
		this.queue.append(data);
	}

	/** Whether it makes no difference if bytes go to a waiting read at once. */
	boolean mayPass(int length) {
		return this.queue.isEmpty() && length <= this.limit.highWaterMark();
	}

	/** Counts bytes that a waiting read has taken as they came. */
	void passed(int length) {
		this.received += length;
	}

	/** Puts bytes back that a withdrawn read had taken. */
	void putBack(SegmentQueue bytes) {
		this.queue.prepend(bytes);
	}

	/** Gives everything to a read that collects. */
	void moveTo(SegmentQueue collected) {
		this.consumed = true;
		this.queue.moveTo(collected);
	}

	/**
	 * Makes the array of a long read once a part of its bytes has come, so that the rest
	 * is received into it. Memory never follows the length alone, which a peer may have
	 * declared.
	 * @return whether it was made
	 */
	boolean gather(int length) {
		if (length < GATHER_BYTES || this.queue.size() < length / GATHER_SHARE) {
			return false;
		}
		this.queue.gather(length);
		return true;
	}

	/**
	 * Returns whether a read that needs more must give up: the input ended cleanly, and
	 * later errors of the connection do not change that.
	 * @throws IOException the error that ended it, as a new exception
	 */
	boolean isExhausted() throws IOException {
		refuseAfterFailure();
		return this.end == End.PROPER;
	}

	/**
	 * Does nothing, unless an error ended the input.
	 * @throws IOException that error, as a new exception
	 */
	void refuseAfterFailure() throws IOException {
		IOException failure = this.failure;
		if (failure != null && this.end != End.PROPER) {
			throw FreshFailure.of(failure);
		}
	}

	byte[] take(int length) {
		this.consumed = true;
		return this.queue.take(length);
	}

	/**
	 * Takes a line if a whole one is there and not too long.
	 */
	byte @Nullable [] takeLine() {
		byte[] line = this.queue.takeThrough((byte) '\n', this.limit.bytes());
		this.consumed |= line != null;
		return line;
	}

	/** Takes what is left of an input that ended too early; nothing is to be resumed. */
	byte[] takeRest() {
		return this.queue.take(size());
	}

	int read(ByteBuffer target) {
		this.consumed = true;
		return this.queue.read(target);
	}

	void discard(long length) {
		this.consumed = true;
		this.queue.skip(length);
	}

	/**
	 * Whether bytes were consumed since the last call: the peer may have to be resumed.
	 */
	boolean pollConsumed() {
		boolean before = this.consumed;
		this.consumed = false;
		return before;
	}

	byte byteAt(int index) {
		return this.queue.byteAt(index);
	}

	long indexOf(byte[] sequence, long from) {
		return this.queue.indexOf(sequence, from);
	}

	/** Like the other, for a sequence that ends at an index or before. */
	long indexOf(byte[] sequence, long from, long end) {
		return this.queue.indexOf(sequence, from, end);
	}

	/** How many bytes have left the front: while it does not change, no index does. */
	long taken() {
		return this.received - this.queue.size();
	}

	int size() {
		return (int) Math.min(this.queue.size(), Integer.MAX_VALUE);
	}

	boolean isEmpty() {
		return this.queue.isEmpty();
	}

	/** Whether an end was fed, even if an error came before and counts instead. */
	boolean isEnded() {
		return this.eofFed;
	}

	void finish() {
		if (this.end == End.DISTRUSTED) {
			return;
		}
		this.eofFed = true;
		if (this.end == End.NONE) {
			this.end = End.PROPER;
		}
	}

	@Nullable IOException failure() {
		return this.failure;
	}

	void fail(IOException failure) {
		if (this.end == End.DISTRUSTED) {
			return;
		}
		this.failure = failure;
		if (this.end == End.NONE) {
			this.end = End.FAILURE;
		}
	}

	/**
	 * Drops what was received and takes no more: reads throw from now on, even if the
	 * input ended in good order before, or does so afterwards.
	 * @param failure what they throw, unless an error ended the input already
	 */
	void invalidate(IOException failure) {
		discard(this.queue.size());
		this.eofFed = false;
		this.end = End.DISTRUSTED;
		this.failure = (this.failure != null) ? this.failure : failure;
	}

	boolean isDistrusted() {
		return this.end == End.DISTRUSTED;
	}

	/** Returns how the input ended for reads. */
	End end() {
		return this.end;
	}

	ReadLimit limit() {
		return this.limit;
	}

	void setLimit(ReadLimit limit) {
		this.limit = limit;
	}

	boolean isAboveHighMark() {
		return this.queue.size() > this.limit.highWaterMark();
	}

	/** Returns the buffer at this moment, with its owner's figures of pauses. */
	BufferSnapshot snapshot(PauseTimes pauses) {
		return new BufferSnapshot(this.queue.size(), this.limit.waterMarks(), pauses, this.received);
	}

}
