package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;

import org.jspecify.annotations.Nullable;

import static java.lang.foreign.ValueLayout.JAVA_INT;

/**
 * What is done with a socket's addresses, and asked about them.
 */
final class Addresses {

	private static final int SOL_SOCKET = 1;

	private static final int SO_DOMAIN = 39;

	private Addresses() {
	}

	static void bind(int descriptor, SocketAddress address) throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			MemorySegment encoded = arena.allocate(SocketAddressCodec.MAX_BYTES, Long.BYTES);
			int length = SocketAddressCodec.encode(address, family(descriptor), encoded);
			Descriptor.checked((int) Libc.BIND.invokeExact(errno, descriptor, encoded, length), errno);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	/** Returns whether the connection stands already. */
	static boolean connect(int descriptor, SocketAddress address) throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			MemorySegment encoded = arena.allocate(SocketAddressCodec.MAX_BYTES, Long.BYTES);
			int length = SocketAddressCodec.encode(address, family(descriptor), encoded);
			int result = (int) Libc.CONNECT.invokeExact(errno, descriptor, encoded, length);
			if (result < 0 && isUnderWay(Libc.errno(errno))) {
				return false;
			}
			return Descriptor.checked(result, errno) == 0;
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	private static boolean isUnderWay(int number) {
		return number == Errno.EINPROGRESS || number == Errno.EINTR;
	}

	private static StandardProtocolFamily family(int descriptor) throws IOException {
		int number = Descriptor.getInt(descriptor, SOL_SOCKET, SO_DOMAIN);
		for (StandardProtocolFamily family : StandardProtocolFamily.values()) {
			if (SocketAddressCodec.family(family) == number) {
				return family;
			}
		}
		throw new IOException("a socket of an unknown family: " + number);
	}

	static @Nullable SocketAddress local(int descriptor) throws IOException {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			MemorySegment address = arena.allocate(SocketAddressCodec.MAX_BYTES, Long.BYTES);
			MemorySegment length = arena.allocateFrom(JAVA_INT, SocketAddressCodec.MAX_BYTES);
			Descriptor.checked((int) Libc.GETSOCKNAME.invokeExact(errno, descriptor, address, length), errno);
			return SocketAddressCodec.decode(address, length.get(JAVA_INT, 0));
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

}
