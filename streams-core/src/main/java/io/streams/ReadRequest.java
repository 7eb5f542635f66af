package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.buffer.SegmentQueue;

import org.jspecify.annotations.Nullable;

/**
 * One read, as a step that is tried again whenever input arrives: the state machine under
 * both the blocking and the asynchronous form. Guarded by the reader's lock.
 *
 * @param <T> the type of its result
 */
abstract sealed class ReadRequest<T> permits ReadRequest.Nothing, ReadRequest.Input, ReadRequest.Some, ReadRequest.Into,
		ReadRequest.All, ReadRequest.Exactly, ReadUntil, ReadSkip {

	/** The method's name in error messages. */
	abstract String method();

	/**
	 * Takes the result out of the buffer if it is there.
	 * @return the result, or {@code null} if more input is needed
	 * @throws IOException if it can never be there
	 */
	abstract @Nullable T attempt(InputBuffer input) throws IOException;

	/**
	 * Takes the result out of bytes that have just come, while nothing is buffered.
	 * @param arrived the bytes; those that were taken are before its position then
	 * @param limit the reader's limit
	 * @return the result, or {@code null} if this takes more than a look at the bytes:
	 * then none was taken
	 */
	@Nullable T take(ByteBuffer arrived, ReadLimit limit) {
		return null;
	}

	/**
	 * The answer of a request that does not wait while the server stops, if it has one.
	 */
	@Nullable T whenStopping() {
		return null;
	}

	/** Gives back what the request took before it was withdrawn. */
	void putBack(InputBuffer input) {
	}

	/** Drops what the request took before it was cancelled. */
	void drop() {
	}

	/** Bytes that the request took and holds. */
	long held() {
		return 0;
	}

	/** {@code read(0)} and {@code readExactly(0)}, which only tell of an error. */
	static final class Nothing extends ReadRequest<byte[]> {

		private static final byte[] NO_BYTES = new byte[0];

		private final String method;

		Nothing(String method) {
			this.method = method;
		}

		@Override
		String method() {
			return this.method;
		}

		@Override
		byte[] attempt(InputBuffer input) throws IOException {
			if (input.isEmpty()) {
				input.refuseAfterFailure();
			}
			return NO_BYTES;
		}

	}

	/** {@code awaitInput}: whether there is a byte to read; takes none. */
	static final class Input extends ReadRequest<Boolean> {

		@Override
		String method() {
			return "awaitInput";
		}

		@Override
		@Nullable Boolean attempt(InputBuffer input) throws IOException {
			if (!input.isEmpty()) {
				return true;
			}
			return input.isExhausted() ? false : null;
		}

		@Override
		Boolean whenStopping() {
			return false;
		}

	}

	/** {@code read(n)} for n above 0: whatever is there, up to n bytes. */
	static final class Some extends ReadRequest<byte[]> {

		private final int max;

		Some(int max) {
			this.max = max;
		}

		@Override
		String method() {
			return "read";
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			if (input.isEmpty() && !input.isExhausted()) {
				return null;
			}
			return input.take(Math.min(this.max, input.size()));
		}

		@Override
		byte[] take(ByteBuffer arrived, ReadLimit limit) {
			return takeBytes(arrived, Math.min(this.max, arrived.remaining()));
		}

	}

	/** {@code read(ByteBuffer)}: whatever is there and fits. */
	static final class Into extends ReadRequest<Integer> {

		private final ByteBuffer target;

		Into(ByteBuffer target) {
			this.target = target;
		}

		@Override
		String method() {
			return "read";
		}

		@Override
		@Nullable Integer attempt(InputBuffer input) throws IOException {
			if (!input.isEmpty()) {
				return input.read(this.target);
			}
			if (!input.isExhausted()) {
				return null;
			}
			// As in read(n), a read at the end ends a pause as well.
			input.discard(0);
			return -1;
		}

		@Override
		Integer take(ByteBuffer arrived, ReadLimit limit) {
			int length = Math.min(this.target.remaining(), arrived.remaining());
			this.target.put(this.target.position(), arrived, arrived.position(), length);
			this.target.position(this.target.position() + length);
			arrived.position(arrived.position() + length);
			return length;
		}

	}

	/**
	 * {@code read(-1)}: everything up to the end of the input. It takes what comes as it
	 * comes, so that a stream longer than twice the limit does not pause for good.
	 */
	static final class All extends ReadRequest<byte[]> {

		/** The longest array, as the JDK's own collections have it. */
		private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

		private final SegmentQueue taken = new SegmentQueue();

		@Override
		String method() {
			return "read";
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			input.moveTo(this.taken);
			refuseAboveMax();
			try {
				return input.isExhausted() ? this.taken.take((int) this.taken.size()) : null;
			}
			catch (IOException failure) {
				putBack(input);
				throw failure;
			}
		}

		private void refuseAboveMax() {
			if (this.taken.size() > MAX_BYTES) {
				drop();
				throw new OutOfMemoryError("read() to the end of the input received more than " + MAX_BYTES
						+ " bytes: read long input with read(n)");
			}
		}

		@Override
		void putBack(InputBuffer input) {
			input.putBack(this.taken);
		}

		@Override
		long held() {
			return this.taken.size();
		}

		@Override
		void drop() {
			this.taken.clear();
		}

	}

	/** {@code readExactly(n)}. */
	static final class Exactly extends ReadRequest<byte[]> {

		private final int length;

		/** Whether the array for the result was made. */
		private boolean gathered;

		Exactly(int length) {
			this.length = length;
		}

		@Override
		String method() {
			return "readExactly";
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			if (input.size() >= this.length) {
				return input.take(this.length);
			}
			if (input.isExhausted()) {
				throw new IncompleteReadException(input.takeRest(), (long) this.length);
			}
			this.gathered = this.gathered || input.gather(this.length);
			return null;
		}

		@Override
		byte @Nullable [] take(ByteBuffer arrived, ReadLimit limit) {
			return (arrived.remaining() >= this.length) ? takeBytes(arrived, this.length) : null;
		}

	}

	/** Takes bytes that have just come. */
	static byte[] takeBytes(ByteBuffer arrived, int length) {
		byte[] taken = new byte[length];
		arrived.get(taken);
		return taken;
	}

	/** {@code read(max)}. */
	static ReadRequest<byte[]> some(int max) {
		if (max == 0) {
			return new Nothing("read");
		}
		return (max < 0) ? new All() : new Some(max);
	}

	/** {@code readExactly(length)}. */
	static ReadRequest<byte[]> exactly(int length) {
		if (length < 0) {
			throw new IllegalArgumentException("readExactly size can not be less than zero, but is " + length
					+ ": give 0 or more, or use read to read up to the end of the input");
		}
		return (length == 0) ? new Nothing("readExactly") : new Exactly(length);
	}

}
