package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalLookupService;

import jdk.net.UnixDomainPrincipal;

import static java.lang.foreign.ValueLayout.ADDRESS;

/**
 * Who is at the other end of a Unix socket.
 */
final class Peer {

	private static final int SO_PEERCRED = 17;

	private static final int ENTRY_BYTES = 128;

	private static final int TEXT_BYTES = 16 * 1024;

	private Peer() {
	}

	static UnixDomainPrincipal of(int descriptor) throws IOException {
		int[] credentials = Descriptor.getInts(descriptor, SocketOptions.SOL_SOCKET, SO_PEERCRED, 3);
		UserPrincipalLookupService principals = FileSystems.getDefault().getUserPrincipalLookupService();
		return new UnixDomainPrincipal(principals.lookupPrincipalByName(name(Libc.GETPWUID, credentials[1])),
				principals.lookupPrincipalByGroupName(name(Libc.GETGRGID, credentials[2])));
	}

	/** The name, which is the first field of the entry, or the number if it has none. */
	private static String name(MethodHandle lookUp, int number) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment entry = arena.allocate(ENTRY_BYTES, Long.BYTES);
			MemorySegment text = arena.allocate(TEXT_BYTES);
			MemorySegment found = arena.allocate(ADDRESS);
			int error = (int) lookUp.invokeExact(number, entry, text, (long) TEXT_BYTES, found);
			if (error != 0 || found.get(ADDRESS, 0).address() == 0) {
				return Integer.toUnsignedString(number);
			}
			return entry.get(ADDRESS, 0).reinterpret(TEXT_BYTES).getString(0);
		}
		catch (Throwable ex) {
			throw Libc.impossible(ex);
		}
	}

}
