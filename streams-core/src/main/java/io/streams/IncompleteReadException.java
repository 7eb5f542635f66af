package io.streams;

import java.io.EOFException;
import java.util.OptionalLong;

import io.streams.flow.FreshFailure;

import org.jspecify.annotations.Nullable;

/**
 * The input ended before a read was satisfied. What had arrived is in {@link #partial()}
 * and nowhere else: the reader's buffer is empty.
 * <p>
 * asyncio counterpart: {@code IncompleteReadError}.
 *
 * @since 0.1
 */
public class IncompleteReadException extends EOFException implements FreshFailure.Copyable {

	private static final long serialVersionUID = 1L;

	private final byte[] partial;

	private final @Nullable Long expected;

	/**
	 * Create an exception.
	 * @param partial the bytes that were read before the end
	 * @param expected how many were asked for, or {@code null} if that is not known
	 */
	public IncompleteReadException(byte[] partial, @Nullable Long expected) {
		super(partial.length + " bytes read on a total of " + ((expected != null) ? expected : "undefined")
				+ " expected bytes");
		this.partial = partial;
		this.expected = expected;
	}

	private IncompleteReadException(IncompleteReadException original) {
		super(original.getMessage());
		this.partial = original.partial;
		this.expected = original.expected;
		initCause(original);
	}

	@Override
	public IncompleteReadException copy() {
		return new IncompleteReadException(this);
	}

	/**
	 * The bytes that were read before the end.
	 * @return the bytes, perhaps none
	 */
	public byte[] partial() {
		return this.partial.clone();
	}

	/**
	 * How many bytes were asked for.
	 * @return the number, or empty for a read up to a separator
	 */
	public OptionalLong expected() {
		return (this.expected != null) ? OptionalLong.of(this.expected) : OptionalLong.empty();
	}

}
