package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

import io.streams.flow.LoopLock;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** The system's counter ({@code eventfd}), which wakes a thread that polls. */
final class EventFd {

	private static final int FLAGS = 0x80000 | 0x800;

	private final MemorySegment count = Arena.ofAuto().allocate(JAVA_LONG);

	/** Held while it is raised or closed: its number may be a stranger's later. */
	private final ReentrantLock lock = new LoopLock();

	private final int descriptor;

	/** Guarded by {@link #lock}. */
	private boolean closed;

	EventFd() throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			this.descriptor = Descriptor.checked((int) Libc.EVENTFD.invokeExact(errno, 0, FLAGS), errno);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	int descriptor() {
		return this.descriptor;
	}

	void raise() {
		this.lock.lock();
		try {
			if (!this.closed) {
				int ignored = (int) Libc.EVENTFD_WRITE.invokeExact(this.descriptor, 1L);
			}
		}
		catch (Throwable ex) {
			throw Libc.impossible(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Event loop only. */
	void reset() {
		try {
			int ignored = (int) Libc.EVENTFD_READ.invokeExact(this.descriptor, this.count);
		}
		catch (Throwable ex) {
			throw Libc.impossible(ex);
		}
	}

	void close() {
		this.lock.lock();
		try {
			if (!this.closed) {
				this.closed = true;
				Descriptor.close(this.descriptor);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
