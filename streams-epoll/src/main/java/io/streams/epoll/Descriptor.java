package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;

import static java.lang.foreign.ValueLayout.JAVA_INT;

/**
 * What is done to a descriptor seldom enough for each call to bring its own memory. All
 * but {@link #close} throw the system's error.
 */
final class Descriptor {

	private static final int SOCK_STREAM = 1;

	private static final int SOCK_NONBLOCK = 0x800;

	private static final int SOCK_CLOEXEC = 0x80000;

	/** How sockets that are opened or accepted are to be. */
	static final int SOCKET_FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC;

	private static final int SHUT_WR = 1;

	private static final long SIOCOUTQ = 0x5411;

	private Descriptor() {
	}

	static int openSocket(ProtocolFamily family) throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			int number = SocketAddressCodec.family((StandardProtocolFamily) family);
			return checked((int) Libc.SOCKET.invokeExact(errno, number, SOCK_STREAM | SOCKET_FLAGS, 0), errno);
		}
		catch (Throwable ex) {
			throw rethrown(ex);
		}
	}

	static void close(int descriptor) {
		try {
			int ignored = (int) Libc.CLOSE.invokeExact(descriptor);
		}
		catch (Throwable ex) {
			throw Libc.impossible(ex);
		}
	}

	static void shutdownOutput(int descriptor) throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			checked((int) Libc.SHUTDOWN.invokeExact(errno, descriptor, SHUT_WR), errno);
		}
		catch (Throwable ex) {
			throw rethrown(ex);
		}
	}

	/**
	 * Returns the bytes in a socket's send queue that the peer has not acknowledged
	 * (tcp(7), unix(7): {@code SIOCOUTQ}).
	 * @return bytes, or -1 if the system does not tell
	 */
	static long unacknowledged(int descriptor) {
		int[] bytes = new int[1];
		try {
			int result = (int) Libc.IOCTL.invokeExact(descriptor, SIOCOUTQ, MemorySegment.ofArray(bytes));
			return (result == 0) ? bytes[0] : -1;
		}
		catch (Throwable ex) {
			throw Libc.impossible(ex);
		}
	}

	static int getInt(int descriptor, int level, int option) throws IOException {
		return getInts(descriptor, level, option, 1)[0];
	}

	/** Reads an option that is so many numbers. */
	static int[] getInts(int descriptor, int level, int option, int count) throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			MemorySegment value = arena.allocate(JAVA_INT, count);
			MemorySegment length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
			checked((int) Libc.GETSOCKOPT.invokeExact(errno, descriptor, level, option, value, length), errno);
			return value.toArray(JAVA_INT);
		}
		catch (Throwable ex) {
			throw rethrown(ex);
		}
	}

	static void setInts(int descriptor, int level, int option, int... values) throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			MemorySegment value = arena.allocateFrom(JAVA_INT, values);
			checked((int) Libc.SETSOCKOPT.invokeExact(errno, descriptor, level, option, value, (int) value.byteSize()),
					errno);
		}
		catch (Throwable ex) {
			throw rethrown(ex);
		}
	}

	/**
	 * What a function returned, if it was no error.
	 * @throws IOException if it was
	 */
	static int checked(int result, MemorySegment errno) throws IOException {
		if (result < 0) {
			throw Errno.exception(Libc.errno(errno));
		}
		return result;
	}

	/** The system's error; nothing else can be thrown around a call. */
	static IOException rethrown(Throwable thrown) {
		if (thrown instanceof IOException failure) {
			return failure;
		}
		throw Libc.impossible(thrown);
	}

}
