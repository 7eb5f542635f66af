package io.streams.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The C library's functions for sockets. Each handle takes, before the arguments of the
 * function, where the error's number goes ({@code errno}), unless it says that it cannot
 * fail in a way that matters.
 * <p>
 * What never waits is called without telling the JVM, which saves a good part of the
 * call. It may then take arrays of the heap, which do not move meanwhile.
 */
final class Libc {

	/** Bytes of an {@code errno}. */
	static final long ERRNO_BYTES = Linker.Option.captureStateLayout().byteSize();

	private static final Linker LINKER = Linker.nativeLinker();

	private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

	private static final Linker.Option SHORT = Linker.Option.critical(false);

	private static final Linker.Option SHORT_ON_HEAP = Linker.Option.critical(true);

	static final MethodHandle SOCKET = function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
			ERRNO);

	static final MethodHandle BIND = function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
			ERRNO);

	static final MethodHandle LISTEN = function("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);

	static final MethodHandle CONNECT = function("connect",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);

	static final MethodHandle ACCEPT = function("accept4",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT), ERRNO, SHORT);

	static final MethodHandle GETSOCKNAME = function("getsockname",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), ERRNO);

	static final MethodHandle GETSOCKOPT = function("getsockopt",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), ERRNO);

	static final MethodHandle SETSOCKOPT = function("setsockopt",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);

	/** The buffer's address is a number: the loop's buffer stays where it is. */
	static final MethodHandle RECV = function("recv",
			FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), ERRNO, SHORT);

	static final MethodHandle SEND = function("send",
			FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO, SHORT_ON_HEAP);

	static final MethodHandle SHUTDOWN = function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
			ERRNO);

	/**
	 * For requests that answer one number. Without an error's number: a socket that
	 * cannot answer is not asked again.
	 */
	static final MethodHandle IOCTL = function("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
			Linker.Option.firstVariadicArg(2), SHORT_ON_HEAP);

	/** Without an error's number: whatever it says, the descriptor is gone. */
	static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

	static final MethodHandle EPOLL_CREATE = function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT),
			ERRNO);

	static final MethodHandle EPOLL_CONTROL = function("epoll_ctl",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), ERRNO, SHORT);

	/** For a time limit of 0 only. */
	static final MethodHandle EPOLL_POLL = function("epoll_wait",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), ERRNO, SHORT);

	static final MethodHandle EPOLL_WAIT = function("epoll_wait",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), ERRNO);

	static final MethodHandle EVENTFD = function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);

	/** Without an error's number: a full counter wakes as well. */
	static final MethodHandle EVENTFD_WRITE = function("eventfd_write",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), SHORT);

	/** Without an error's number: an empty counter is as good as one that was read. */
	static final MethodHandle EVENTFD_READ = function("eventfd_read",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), SHORT);

	/** Returns the error's number itself. */
	static final MethodHandle GETPWUID = function("getpwuid_r",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

	/** Returns the error's number itself. */
	static final MethodHandle GETGRGID = function("getgrgid_r",
			FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

	/** The text belongs to the library, and there is always one. */
	static final MethodHandle STRERROR = function("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

	private Libc() {
	}

	private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
		MemorySegment address = LINKER.defaultLookup()
			.find(name)
			.orElseThrow(() -> new UnsupportedOperationException("the C library has no function " + name));
		return LINKER.downcallHandle(address, descriptor, options);
	}

	/** Room for an error's number. */
	static MemorySegment newErrno(Arena arena) {
		return arena.allocate(ERRNO_BYTES, ValueLayout.JAVA_INT.byteAlignment());
	}

	static int errno(MemorySegment errno) {
		return errno.get(JAVA_INT, 0);
	}

	/** What a handle throws that is no error of the function: there is none. */
	static AssertionError impossible(Throwable thrown) {
		return new AssertionError("a call of the C library threw", thrown);
	}

}
