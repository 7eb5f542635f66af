package io.streams.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;

/**
 * A place for each descriptor where a call that writes puts its error's number: whoever
 * writes is alone with the socket, while a place for each thread would be one more thing
 * that each of many virtual threads has.
 */
final class ErrorNumbers {

	private static final long STRIDE = Math.max(8, Libc.ERRNO_BYTES);

	private static final ReentrantLock LOCK = new LoopLock();

	/**
	 * Written under {@link #LOCK}. A smaller one stays valid for whoever uses it still;
	 * all that ever were are no more than twice the last.
	 */
	private static volatile MemorySegment numbers = Arena.global().allocate(STRIDE * 1024, STRIDE);

	private ErrorNumbers() {
	}

	static void makeRoomFor(int descriptor) {
		if (hasRoomFor(descriptor)) {
			return;
		}
		LOCK.lock();
		try {
			long bytes = numbers.byteSize();
			while (bytes <= descriptor * STRIDE) {
				bytes *= 2;
			}
			if (bytes > numbers.byteSize()) {
				numbers = Arena.global().allocate(bytes, STRIDE);
			}
		}
		finally {
			LOCK.unlock();
		}
	}

	private static boolean hasRoomFor(int descriptor) {
		return descriptor * STRIDE < numbers.byteSize();
	}

	static MemorySegment of(int descriptor) {
		return numbers.asSlice(descriptor * STRIDE, STRIDE);
	}

}
