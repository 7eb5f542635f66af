package io.streams;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import io.streams.buffer.ByteSearch;
import io.streams.buffer.SegmentQueue;
import io.streams.flow.ReadLimit;

import org.jspecify.annotations.Nullable;

/**
 * One read, as a step that is tried again whenever input arrives: the state machine under
 * both the blocking and the asynchronous form. Guarded by the reader's lock.
 *
 * @param <T> the type of its result
 */
abstract sealed class ReadRequest<T> {

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

	/** {@code readUntil}: the shortest chunk that ends in any of the separators. */
	static sealed class Until extends ReadRequest<byte[]> permits Line {

		private final Separators separators;

		/** Where the next search begins, as CPython keeps it. */
		private int searched;

		/**
		 * No separator that begins at {@link #searched} or later ends before this index,
		 * if no byte has left the front since the last search.
		 */
		private int seen;

		/** How many bytes had left the front at the last search. */
		private long taken;

		Until(Separators separators) {
			this.separators = separators;
		}

		@Override
		String method() {
			return "readUntil";
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			int size = input.size();
			if (size - this.searched >= this.separators.shortest()) {
				Separators.Match match = this.separators.find(input, this.searched, seen(input));
				if (match != null) {
					refuseAbove(input.limit(), match.start(), "Separator is found, but chunk is longer than limit");
					return input.take(match.end());
				}
				int begun = this.searched;
				this.searched = Math.max(0, size + 1 - this.separators.longest());
				refuseAbove(input.limit(), this.searched, "Separator is not found, and chunk exceed the limit");
				// A shorter buffer moves the begin back, to bytes that were not searched.
				this.seen = (this.searched < begun) ? 0 : size;
				this.taken = input.taken();
			}
			if (input.isExhausted()) {
				throw new IncompleteReadException(input.takeRest(), null);
			}
			return null;
		}

		/**
		 * Whether the next search does not begin at the front: it does not even if
		 * somebody else has taken the bytes that were searched, as in CPython.
		 */
		final boolean hasSearched() {
			return this.searched > 0;
		}

		/** Another read may have taken bytes away while this one waited. */
		private int seen(InputBuffer input) {
			return (input.taken() == this.taken) ? this.seen : 0;
		}

		private static void refuseAbove(ReadLimit limit, long length, String message) throws LimitOverrunException {
			if (length > limit.bytes()) {
				throw new LimitOverrunException(message + " (" + length + " bytes, limit " + limit.bytes()
						+ "): raise the limit, or read long data with read or readExactly", length);
			}
		}

	}

	/**
	 * {@code readLine}: like {@link Until} a newline, but the end of the input ends the
	 * last line, and a line that is too long is thrown away.
	 */
	static final class Line extends Until {

		Line() {
			super(Separators.NEWLINE);
		}

		@Override
		String method() {
			return "readLine";
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			try {
				return super.attempt(input);
			}
			catch (IncompleteReadException ex) {
				return ex.partial();
			}
			catch (LimitOverrunException ex) {
				discard(input, ex.consumed());
				throw ex;
			}
		}

		@Override
		byte @Nullable [] take(ByteBuffer arrived, ReadLimit limit) {
			if (hasSearched()) {
				return null;
			}
			int end = ByteSearch.indexOf(arrived, (byte) '\n') - arrived.position();
			return (end >= 0 && end <= limit.bytes()) ? takeBytes(arrived, end + 1) : null;
		}

		private static void discard(InputBuffer input, long consumed) {
			Separators.Match newline = Separators.NEWLINE.find(input, consumed, 0);
			if (newline != null && newline.start() == consumed) {
				input.discard(newline.end());
			}
			else {
				input.discard(input.size());
			}
		}

	}

	/**
	 * {@code skipLine} and {@code skipUntil}: drops what comes, as it comes, up to and
	 * including a separator, and counts it. What was dropped does not come back, whatever
	 * becomes of the read.
	 */
	static final class Skip extends ReadRequest<Long> {

		private final String method;

		private final Separators separators;

		/** Whether the end of the input is as good as a separator. */
		private final boolean upToEnd;

		private long skipped;

		private Skip(String method, Separators separators, boolean upToEnd) {
			this.method = method;
			this.separators = separators;
			this.upToEnd = upToEnd;
		}

		@Override
		String method() {
			return this.method;
		}

		@Override
		@Nullable Long attempt(InputBuffer input) throws IOException {
			Separators.Match match = this.separators.find(input, 0, 0);
			if (match != null) {
				return drop(input, match.end());
			}
			// What could be the beginning of a separator stays.
			drop(input, Math.max(0, input.size() + 1 - this.separators.longest()));
			if (!input.isExhausted()) {
				return null;
			}
			drop(input, input.size());
			if (!this.upToEnd) {
				throw new IncompleteReadException(new byte[0], null);
			}
			return this.skipped;
		}

		private long drop(InputBuffer input, int length) {
			input.discard(length);
			this.skipped += length;
			return this.skipped;
		}

	}

	private static byte[] takeBytes(ByteBuffer arrived, int length) {
		byte[] taken = new byte[length];
		arrived.get(taken);
		return taken;
	}

	static Skip skipLine() {
		return new Skip("skipLine", Separators.NEWLINE, true);
	}

	static Skip skipUntil(byte[] separator) {
		return new Skip("skipUntil", Separators.of(separator), false);
	}

	static Until until(byte[] separator) {
		return new Until(Separators.of(separator));
	}

	static Until until(List<byte[]> separators) {
		return new Until(Separators.of(separators));
	}

}
