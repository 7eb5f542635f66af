package io.streams.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Buffers for one TLS record each, borrowed for the time of one call, so that an idle
 * connection holds none. At most {@link #MAX_POOLED} are retained.
 */
final class TlsBuffers {

	/**
	 * Bytes that hold any record: 16 KiB of data, and what TLS may put around it, which
	 * is little more than 2 KiB.
	 */
	static final int RECORD_BYTES = 19 * 1024;

	private static final int MAX_POOLED = 64;

	private static final BlockingQueue<ByteBuffer> POOL = new ArrayBlockingQueue<>(MAX_POOLED);

	private TlsBuffers() {
	}

	static ByteBuffer borrow() {
		ByteBuffer buffer = POOL.poll();
		return (buffer != null) ? buffer.clear() : ByteBuffer.allocate(RECORD_BYTES);
	}

	static void giveBack(ByteBuffer buffer) {
		if (buffer.capacity() == RECORD_BYTES) {
			POOL.offer(buffer);
		}
	}

}
