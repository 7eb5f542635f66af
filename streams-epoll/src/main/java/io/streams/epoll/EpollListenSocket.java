package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;

import io.streams.socket.ListenSocket;
import io.streams.socket.StreamSocket;
import io.streams.transport.ListenSettings;

import org.jspecify.annotations.Nullable;

/**
 * A socket that accepts connections. What it accepts never blocks, and has its options,
 * without a further call.
 */
final class EpollListenSocket extends EpollSocket implements ListenSocket {

	private final ProtocolFamily family;

	EpollListenSocket(int descriptor, ProtocolFamily family) {
		super(descriptor);
		this.family = family;
	}

	static EpollListenSocket open(ProtocolFamily family) throws IOException {
		EpollListenSocket socket = new EpollListenSocket(Descriptor.openSocket(family), family);
		try {
			if (family == StandardProtocolFamily.INET6) {
				SocketOptions.serveBothFamilies(socket.descriptor());
			}
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	@Override
	int operations(int events) {
		return ((events & Epoll.IN) != 0) ? ACCEPT : 0;
	}

	@Override
	public void bind(SocketAddress address, ListenSettings settings) throws IOException {
		if (!isUnix()) {
			SocketOptions.set(openDescriptor(), settings);
		}
		Addresses.bind(openDescriptor(), address);
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			Descriptor.checked((int) Libc.LISTEN.invokeExact(errno, openDescriptor(), settings.backlog()), errno);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	private boolean isUnix() {
		return this.family == StandardProtocolFamily.UNIX;
	}

	@Override
	public @Nullable SocketAddress localAddress() throws IOException {
		return Addresses.local(openDescriptor());
	}

	@Override
	public @Nullable StreamSocket accept() throws IOException {
		MemorySegment errno = poller().errno();
		int accepted;
		do {
			try {
				accepted = (int) Libc.ACCEPT.invokeExact(errno, openDescriptor(), MemorySegment.NULL,
						MemorySegment.NULL, Descriptor.SOCKET_FLAGS);
			}
			catch (Throwable ex) {
				throw Descriptor.rethrown(ex);
			}
		}
		while (accepted < 0 && Errno.isOfThePeer(Libc.errno(errno)));
		if (accepted < 0 && Libc.errno(errno) == Errno.EAGAIN) {
			return null;
		}
		return new EpollStreamSocket(Descriptor.checked(accepted, errno), true, isUnix());
	}

}
