package io.streams;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Reads a part of a file, a piece at a time.
 */
final class FileTransfer {

	/** Bytes that are read off the file at once. */
	private static final int PIECE_BYTES = 64 * 1024;

	private final FileChannel file;

	private final long end;

	/** Whether the range is to be there to its last byte. */
	private final boolean exact;

	private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);

	private long position;

	private FileTransfer(FileChannel file, long position, long end, boolean exact) {
		this.file = file;
		this.position = position;
		this.end = end;
		this.exact = exact;
	}

	/** So many bytes and no fewer. */
	static FileTransfer range(FileChannel file, long position, long count) {
		if (position < 0 || count < 0) {
			throw new IllegalArgumentException("position " + position + " and count " + count
					+ " of a transfer cannot be negative: give a range of the file in bytes");
		}
		return new FileTransfer(file, position, Math.addExact(position, count), true);
	}

	/** As many bytes as there are. */
	static FileTransfer toEnd(FileChannel file, long position) {
		if (position < 0) {
			throw new IllegalArgumentException(
					"position " + position + " of a transfer cannot be negative: give a place in the file in bytes");
		}
		return new FileTransfer(file, position, Long.MAX_VALUE, false);
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
				refuseEarlyEnd();
				break;
			}
			this.position += n;
		}
		return this.piece.flip();
	}

	private void refuseEarlyEnd() throws EOFException {
		if (this.exact) {
			throw new ShortFileException("the file ended at byte " + this.position + ", before " + this.end
					+ ": transfer no more than its size");
		}
	}

}
