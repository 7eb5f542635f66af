package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

/**
 * One epoll instance of the system, and the room for its calls. For one thread at a time,
 * but for {@link #watchOnce}.
 */
final class Epoll {

	/** There is something to read. */
	static final int IN = 1;

	/** There is room to write. */
	static final int OUT = 1 << 2;

	static final int ERROR = 1 << 3;

	static final int HANG_UP = 1 << 4;

	/** Told once, and then not before it is asked for again. */
	private static final int ONCE = 1 << 30;

	private static final int CLOSE_ON_EXEC = 0x80000;

	private static final int ADD = 1;

	private static final int REMOVE = 2;

	private static final int MODIFY = 3;

	/** Sockets that one call tells of at the most. */
	private static final int MAX_EVENTS = 512;

	/** {@code struct epoll_event} has a gap everywhere but on x86-64. */
	private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

	private static final long EVENT_BYTES = PACKED ? 12 : 16;

	private static final long DATA = PACKED ? 4 : 8;

	private final int descriptor;

	private final MemorySegment errno;

	/** Those that a call told of. */
	private final MemorySegment events;

	/** The one that a call tells the system. */
	private final MemorySegment event;

	Epoll() throws IOException {
		Arena arena = Arena.ofAuto();
		this.errno = Libc.newErrno(arena);
		this.events = arena.allocate(MAX_EVENTS * EVENT_BYTES, Long.BYTES);
		this.event = arena.allocate(EVENT_BYTES, Long.BYTES);
		try {
			this.descriptor = Descriptor.checked((int) Libc.EPOLL_CREATE.invokeExact(this.errno, CLOSE_ON_EXEC),
					this.errno);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	int descriptor() {
		return this.descriptor;
	}

	/** Room for an error's number, for calls of the thread that polls. */
	MemorySegment errno() {
		return this.errno;
	}

	/**
	 * Changes for what a descriptor is watched.
	 * @param before the events for which it is; 0 if for none
	 * @param now the events for which it is to be; 0 for none, and not even errors
	 */
	void watch(int watched, int before, int now) throws IOException {
		control((before == 0) ? ADD : (now == 0) ? REMOVE : MODIFY, watched, now, this.event, this.errno);
	}

	/**
	 * Has another instance told of, once, when it has something to tell. Called by the
	 * thread of the other one, whose room it takes.
	 * @param again whether it was watched before
	 */
	void watchOnce(Epoll other, boolean again) throws IOException {
		control(again ? MODIFY : ADD, other.descriptor, IN | ONCE, other.event, other.errno);
	}

	private void control(int operation, int watched, int events, MemorySegment event, MemorySegment errno)
			throws IOException {
		event.set(JAVA_INT, 0, events);
		event.set(JAVA_INT_UNALIGNED, DATA, watched);
		event.set(JAVA_INT_UNALIGNED, DATA + Integer.BYTES, 0);
		try {
			Descriptor.checked((int) Libc.EPOLL_CONTROL.invokeExact(errno, this.descriptor, operation, watched, event),
					errno);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	/**
	 * Asks what is ready now.
	 * @return how many events there are
	 */
	int poll() throws IOException {
		try {
			return told((int) Libc.EPOLL_POLL.invokeExact(this.errno, this.descriptor, this.events, MAX_EVENTS, 0));
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	/**
	 * Waits until something is ready; the thread blocks.
	 * @param nanos the longest time to wait; below 0 for no bound
	 * @return how many events there are
	 */
	int await(long nanos) throws IOException {
		// Rounded up: to wake a little late once beats waking early several times.
		int millis = (nanos < 0) ? -1 : (int) Math.min(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, Integer.MAX_VALUE);
		try {
			return told(
					(int) Libc.EPOLL_WAIT.invokeExact(this.errno, this.descriptor, this.events, MAX_EVENTS, millis));
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	private int told(int count) throws IOException {
		if (count < 0 && Libc.errno(this.errno) == Errno.EINTR) {
			return 0;
		}
		return Descriptor.checked(count, this.errno);
	}

	/** The events of one that the last call told of. */
	int events(int index) {
		return this.events.get(JAVA_INT_UNALIGNED, index * EVENT_BYTES);
	}

	/** Its descriptor. */
	int descriptor(int index) {
		return this.events.get(JAVA_INT_UNALIGNED, index * EVENT_BYTES + DATA);
	}

	void close() {
		Descriptor.close(this.descriptor);
	}

}
