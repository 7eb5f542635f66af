package io.streams.demo.cache.store;

/**
 * A pattern of {@code KEYS}: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]} and
 * {@code \} before a character that stands for itself. A star is only ever tried again
 * from the last one, so that no pattern takes exponential time.
 */
public final class Glob {

	private final byte[] pattern;

	public Glob(byte[] pattern) {
		this.pattern = pattern;
	}

	public boolean matches(byte[] text) {
		int p = 0;
		int t = 0;
		int star = -1;
		int starText = 0;
		while (t < text.length) {
			if (p < this.pattern.length && this.pattern[p] == '*') {
				star = p++;
				starText = t;
			}
			else if (p < this.pattern.length && matchesOne(p, text[t])) {
				p = next(p);
				t++;
			}
			else if (star >= 0) {
				p = star + 1;
				t = ++starText;
			}
			else {
				return false;
			}
		}
		return isAllStars(p);
	}

	private boolean isAllStars(int from) {
		for (int p = from; p < this.pattern.length; p++) {
			if (this.pattern[p] != '*') {
				return false;
			}
		}
		return true;
	}

	private boolean matchesOne(int p, byte value) {
		return switch (this.pattern[p]) {
			case '?' -> true;
			case '[' -> matchesSet(p, value);
			case '\\' -> value == this.pattern[Math.min(p + 1, this.pattern.length - 1)];
			default -> value == this.pattern[p];
		};
	}

	private boolean matchesSet(int open, byte value) {
		int end = setEnd(open);
		int p = open + 1;
		boolean negated = p < end && this.pattern[p] == '^';
		boolean found = false;
		for (p += negated ? 1 : 0; p < end; p++) {
			if (this.pattern[p] == '\\' && p + 1 < end) {
				found |= this.pattern[++p] == value;
			}
			else if (p + 2 < end && this.pattern[p + 1] == '-') {
				found |= isBetween(value, this.pattern[p], this.pattern[p + 2]);
				p += 2;
			}
			else {
				found |= this.pattern[p] == value;
			}
		}
		return found != negated;
	}

	private static boolean isBetween(byte value, byte one, byte other) {
		int unsigned = Byte.toUnsignedInt(value);
		int low = Math.min(Byte.toUnsignedInt(one), Byte.toUnsignedInt(other));
		int high = Math.max(Byte.toUnsignedInt(one), Byte.toUnsignedInt(other));
		return low <= unsigned && unsigned <= high;
	}

	/** Where a set ends: at its bracket, or with the pattern. */
	private int setEnd(int open) {
		for (int p = open + 1; p < this.pattern.length; p++) {
			if (this.pattern[p] == '\\') {
				p++;
			}
			else if (this.pattern[p] == ']') {
				return p;
			}
		}
		return this.pattern.length;
	}

	/** Where the pattern goes on behind the element at {@code p}. */
	private int next(int p) {
		return switch (this.pattern[p]) {
			case '[' -> Math.min(setEnd(p) + 1, this.pattern.length);
			case '\\' -> Math.min(p + 2, this.pattern.length);
			default -> p + 1;
		};
	}

}
