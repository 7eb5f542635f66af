package io.streams;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Sends a part of a file, a piece at a time, with a {@code drain} after each.
 */
final class FileTransfer {

	/** Bytes that are read off the file at once. */
	private static final int PIECE_BYTES = 64 * 1024;

	private final FileChannel file;

	private final long end;

	private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);

	private long position;

	FileTransfer(FileChannel file, long position, long count) {
		if (position < 0 || count < 0) {
			throw new IllegalArgumentException("position " + position + " and count " + count
					+ " of a transfer cannot be negative: give a range of the file in bytes");
		}
		this.file = file;
		this.position = position;
		this.end = Math.addExact(position, count);
	}

	/**
	 * The next piece of the file.
	 * @return the bytes, none at the end of the range
	 * @throws EOFException if the file is shorter than the range
	 */
	ByteBuffer next() throws IOException {
		this.piece.clear().limit((int) Math.min(PIECE_BYTES, this.end - this.position));
		while (this.piece.hasRemaining()) {
			int n = this.file.read(this.piece, this.position);
			if (n < 0) {
				throw new EOFException("the file ended at byte " + this.position + ", before " + this.end
						+ ": transfer no more than its size");
			}
			this.position += n;
		}
		return this.piece.flip();
	}

}
