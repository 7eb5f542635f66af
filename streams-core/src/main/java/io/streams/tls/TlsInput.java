package io.streams.tls;

import java.nio.ByteBuffer;

import io.streams.buffer.SegmentQueue;

import org.jspecify.annotations.Nullable;

/**
 * Encrypted bytes that came in, cut into records. Bytes are kept here only while their
 * record is incomplete, while the engine is busy, or while its answers pile up; in the
 * latter cases nothing more is read, so that what a peer can have kept is an incomplete
 * record and one read off its socket. Event loop only.
 */
final class TlsInput {

	private static final int HEADER_BYTES = 5;

	/**
	 * Bytes of the longest record that TLS allows: 2^14 of data, 2048 around it, a
	 * header.
	 */
	private static final int MAX_RECORD_BYTES = 16 * 1024 + 2048 + HEADER_BYTES;

	private final SegmentQueue queue = new SegmentQueue();

	/** Keeps what is left of a chunk, which is not valid for long. */
	void keep(ByteBuffer chunk) {
		if (chunk.hasRemaining()) {
			this.queue.append(chunk);
		}
	}

	long size() {
		return this.queue.size();
	}

	void clear() {
		this.queue.clear();
	}

	/**
	 * The next whole record, out of what was kept and then of the chunk.
	 * @param chunk new bytes; its position moves behind what was taken
	 * @param scratch where a record is put together that came in pieces, or in direct
	 * memory
	 * @return the record from position to limit, or {@code null} if it is not whole yet;
	 * the chunk was kept then
	 */
	@Nullable ByteBuffer next(ByteBuffer chunk, ByteBuffer scratch) {
		if (this.queue.isEmpty()) {
			int length = recordLength(chunk.remaining(), chunk.position(), chunk::get);
			if (length > 0 && length <= chunk.remaining()) {
				return chunk.isDirect() ? copy(chunk, length, scratch) : slice(chunk, length);
			}
		}
		keep(chunk);
		int length = recordLength(this.queue.size(), 0, (index) -> this.queue.byteAt(index));
		if (length < 0 || length > this.queue.size()) {
			return null;
		}
		scratch.clear().limit(Math.min(length, scratch.capacity()));
		this.queue.read(scratch);
		return scratch.flip();
	}

	/**
	 * The JDK decrypts arrays in place, and direct memory piece by piece through new
	 * ones.
	 */
	private static ByteBuffer copy(ByteBuffer chunk, int length, ByteBuffer scratch) {
		scratch.clear().put(0, chunk, chunk.position(), length).limit(length);
		chunk.position(chunk.position() + length);
		return scratch;
	}

	private static ByteBuffer slice(ByteBuffer chunk, int length) {
		ByteBuffer record = chunk.slice(chunk.position(), length);
		chunk.position(chunk.position() + length);
		return record;
	}

	/**
	 * The length of a record with its header; if it is none, of what there is, so that
	 * the engine says so at once rather than after waiting for bytes that never come.
	 */
	private static int recordLength(long available, int start, ByteSource bytes) {
		if (available < HEADER_BYTES) {
			return -1;
		}
		int type = bytes.at(start) & 0xFF;
		int major = bytes.at(start + 1) & 0xFF;
		int length = HEADER_BYTES + ((bytes.at(start + 3) & 0xFF) << 8 | bytes.at(start + 4) & 0xFF);
		boolean isRecord = type >= 20 && type <= 24 && major == 3 && length <= MAX_RECORD_BYTES
				&& length > HEADER_BYTES;
		return isRecord ? length : (int) Math.min(available, TlsBuffers.RECORD_BYTES);
	}

	/** Bytes by their index. */
	@FunctionalInterface
	private interface ByteSource {

		byte at(int index);

	}

}
