package io.streams.demo.cache.resp;

import java.util.OptionalLong;

/**
 * Whole numbers as Redis reads them: digits, perhaps after a minus sign; no plus sign, no
 * space, no needless zero, no more than 64 bits.
 */
public final class Digits {

	private Digits() {
	}

	/**
	 * Reads a number.
	 * @param bytes all of which must belong to it
	 * @return the number, or empty if it is none
	 */
	public static OptionalLong parse(byte[] bytes) {
		return parse(bytes, 0, bytes.length);
	}

	/**
	 * Reads a number.
	 * @param bytes where it is
	 * @param from the index of its first byte
	 * @param to the index behind its last byte
	 * @return the number, or empty if it is none
	 */
	static OptionalLong parse(byte[] bytes, int from, int to) {
		boolean negative = from < to && bytes[from] == '-';
		int first = negative ? from + 1 : from;
		if (first >= to) {
			return OptionalLong.empty();
		}
		if (bytes[first] == '0') {
			return (to - from == 1) ? OptionalLong.of(0) : OptionalLong.empty();
		}
		return digits(bytes, first, to, negative);
	}

	/** Counts downwards, because there is one more negative number than positive ones. */
	private static OptionalLong digits(byte[] bytes, int from, int to, boolean negative) {
		long floor = negative ? Long.MIN_VALUE : -Long.MAX_VALUE;
		long value = 0;
		for (int i = from; i < to; i++) {
			int digit = bytes[i] - '0';
			if (digit < 0 || digit > 9 || value < floor / 10 || value * 10 < floor + digit) {
				return OptionalLong.empty();
			}
			value = value * 10 - digit;
		}
		return OptionalLong.of(negative ? value : -value);
	}

}
