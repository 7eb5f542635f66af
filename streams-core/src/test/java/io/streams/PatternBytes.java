package io.streams;

/**
 * A stream of bytes. Each byte depends on its position, and a line feed ends each line: a
 * missing, repeated or foreign byte shows where it is.
 *
 * @param seed makes streams different
 * @param line bytes of a line, its end included
 */
record PatternBytes(long seed, int line) {

	byte at(long position) {
		if (position % this.line == this.line - 1) {
			return '\n';
		}
		long mixed = (position + this.seed) * 0x9E37_79B9_7F4A_7C15L;
		byte value = (byte) (mixed >>> 40);
		return (value != '\n') ? value : (byte) (value + 1);
	}

	/** The bytes from a position on. */
	byte[] bytes(long position, int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = at(position + i);
		}
		return bytes;
	}

	/**
	 * Compares received bytes with the stream.
	 * @return the position of the first wrong byte, or -1 if all are right
	 */
	long mismatch(long position, byte[] received, int length) {
		for (int i = 0; i < length; i++) {
			if (received[i] != at(position + i)) {
				return position + i;
			}
		}
		return -1;
	}

}
