package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

import io.streams.flow.ReadLimit;

import org.jspecify.annotations.Nullable;

/**
 * One read, as a step that is tried again whenever input arrives: the state machine under
 * both the blocking and the asynchronous form. Guarded by the reader's lock.
 *
 * @param <T> the type of its result
 */
abstract sealed class ReadRequest<T> {

	private final String method;

	private ReadRequest(String method) {
		this.method = method;
	}

	/** The method's name in error messages. */
	String method() {
		return this.method;
	}

	/**
	 * Takes the result out of the buffer if it is there.
	 * @return the result, or {@code null} if more input is needed
	 * @throws IOException if it can never be there
	 */
	abstract @Nullable T attempt(InputBuffer input) throws IOException;

	/** Gives back what the request took before it was cancelled. */
	void putBack(InputBuffer input) {
	}

	/** {@code read(n)} for n above 0: whatever is there, up to n bytes. */
	static final class Some extends ReadRequest<byte[]> {

		private final int max;

		Some(int max) {
			super("read");
			this.max = max;
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			if (input.isEmpty() && !input.isExhausted()) {
				return null;
			}
			return input.take(Math.min(this.max, input.size()));
		}

	}

	/** {@code read(ByteBuffer)}: whatever is there and fits. */
	static final class Into extends ReadRequest<Integer> {

		private final ByteBuffer target;

		Into(ByteBuffer target) {
			super("read");
			this.target = target;
		}

		@Override
		@Nullable Integer attempt(InputBuffer input) throws IOException {
			if (input.isEmpty()) {
				return input.isExhausted() ? -1 : null;
			}
			return input.read(this.target);
		}

	}

	/**
	 * {@code read(-1)}: everything up to the end of the input. It takes what comes as it
	 * comes, so that a stream longer than twice the limit does not pause for good.
	 */
	static final class All extends ReadRequest<byte[]> {

		private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

		All() {
			super("read");
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			this.taken.writeBytes(input.take(input.size()));
			try {
				return input.isExhausted() ? this.taken.toByteArray() : null;
			}
			catch (IOException failure) {
				putBack(input);
				throw failure;
			}
		}

		@Override
		void putBack(InputBuffer input) {
			input.putBack(this.taken.toByteArray());
			this.taken.reset();
		}

	}

	/** {@code readExactly(n)}. */
	static final class Exactly extends ReadRequest<byte[]> {

		private final int length;

		Exactly(int length) {
			super("readExactly");
			this.length = length;
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			if (input.size() >= this.length) {
				return input.take(this.length);
			}
			if (input.isExhausted()) {
				throw new IncompleteReadException(input.takeRest(), (long) this.length);
			}
			return null;
		}

	}

	/** {@code readUntil}: the shortest chunk that ends in any of the separators. */
	static final class Until extends ReadRequest<byte[]> {

		private final Separators separators;

		/** Bytes at the front of the buffer in which no separator begins. */
		private long searched;

		Until(Separators separators) {
			this("readUntil", separators);
		}

		private Until(String method, Separators separators) {
			super(method);
			this.separators = separators;
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			int size = input.size();
			if (size - this.searched >= this.separators.shortest()) {
				Separators.Match match = this.separators.find(input, this.searched);
				if (match != null) {
					refuseAbove(input.limit(), match.start(), "Separator is found, but chunk is longer than limit");
					return input.take(match.end());
				}
				this.searched = Math.max(0, size + 1 - this.separators.longest());
				refuseAbove(input.limit(), this.searched, "Separator is not found, and chunk exceed the limit");
			}
			if (input.isExhausted()) {
				throw new IncompleteReadException(input.takeRest(), null);
			}
			return null;
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
	static final class Line extends ReadRequest<byte[]> {

		private final Until until = new Until("readLine", Separators.NEWLINE);

		Line() {
			super("readLine");
		}

		@Override
		byte @Nullable [] attempt(InputBuffer input) throws IOException {
			try {
				return this.until.attempt(input);
			}
			catch (IncompleteReadException ex) {
				return ex.partial();
			}
			catch (LimitOverrunException ex) {
				discard(input, ex.consumed());
				throw ex;
			}
		}

		private static void discard(InputBuffer input, long consumed) {
			Separators.Match newline = Separators.NEWLINE.find(input, consumed);
			if (newline != null && newline.start() == consumed) {
				input.discard(newline.end());
			}
			else {
				input.discard(input.size());
			}
		}

	}

	static Until until(byte[] separator) {
		return new Until(Separators.of(separator));
	}

	static Until until(List<byte[]> separators) {
		return new Until(Separators.of(separators));
	}

}
