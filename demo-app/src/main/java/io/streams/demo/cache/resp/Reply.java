package io.streams.demo.cache.resp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An answer to a request. It refers to bytes that nobody changes, so that it can be sent
 * when the keyspace is free again.
 */
public sealed interface Reply {

	/** All is well. */
	Reply OK = new Status("OK");

	/** There is no such value. */
	Reply NIL = new Nil("$-1");

	/** There is no such list. */
	Reply NIL_ARRAY = new Nil("*-1");

	/** Nothing to list. */
	Reply EMPTY = new Array(List.of());

	/** No. */
	Reply ZERO = new WholeNumber(0);

	/** Yes. */
	Reply ONE = new WholeNumber(1);

	static Reply number(long value) {
		return new WholeNumber(value);
	}

	static Reply flag(boolean answer) {
		return answer ? ONE : ZERO;
	}

	static Reply bulk(byte @Nullable [] bytes) {
		return (bytes != null) ? new Bulk(bytes) : NIL;
	}

	static Reply text(String text) {
		return new Bulk(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	static Reply bulks(Collection<byte[]> items) {
		List<Reply> replies = new ArrayList<>(items.size());
		for (byte[] item : items) {
			replies.add(new Bulk(item));
		}
		return new Array(replies);
	}

	/**
	 * A word or two.
	 *
	 * @param text Latin-1, without an end of line
	 */
	record Status(String text) implements Reply {
	}

	/**
	 * An error.
	 *
	 * @param text Latin-1, the error's code first; an end of line becomes a space
	 */
	record Failure(String text) implements Reply {
	}

	/**
	 * A number.
	 *
	 * @param value the number
	 */
	record WholeNumber(long value) implements Reply {
	}

	/** Bytes. */
	final class Bulk implements Reply {

		private final byte[] bytes;

		/**
		 * Create a reply.
		 * @param bytes the bytes, which are not copied: nobody changes them
		 */
		Bulk(byte[] bytes) {
			this.bytes = bytes;
		}

		byte[] bytes() {
			return this.bytes;
		}

	}

	/**
	 * The absence of a value.
	 *
	 * @param text how the protocol says it
	 */
	record Nil(String text) implements Reply {
	}

	/**
	 * Several answers.
	 *
	 * @param items the answers
	 */
	record Array(List<Reply> items) implements Reply {
	}

}
