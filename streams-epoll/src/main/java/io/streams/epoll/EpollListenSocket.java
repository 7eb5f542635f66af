package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;

import io.streams.socket.ListenSocket;
import io.streams.socket.StreamSocket;
import io.streams.transport.ServerTransportOptions;

import org.jspecify.annotations.Nullable;

import static java.lang.foreign.ValueLayout.JAVA_INT;

/**
 * A socket that accepts connections. What it accepts never blocks, and has its options,
 * without a further call.
 */
final class EpollListenSocket extends EpollSocket implements ListenSocket {

	private final ProtocolFamily family;

	/** Where the system puts the address of who connected. Event loop only. */
	private final MemorySegment peer = Arena.ofAuto().allocate(SocketAddressCodec.MAX_BYTES, Long.BYTES);

	/** Where it puts the length of an address. Event loop only. */
	private final MemorySegment length = Arena.ofAuto().allocate(JAVA_INT);

	/** Where it puts the own address of what was accepted. Event loop only. */
	private final MemorySegment local = Arena.ofAuto().allocate(SocketAddressCodec.MAX_BYTES, Long.BYTES);

	/** The own address that was decoded last, as the system had it. Event loop only. */
	private final MemorySegment lastLocal = Arena.ofAuto().allocate(SocketAddressCodec.MAX_BYTES, Long.BYTES);

	/** That address. Event loop only. */
	private @Nullable SocketAddress lastLocalAddress;

	/** What it is bound to; set before it listens. */
	private @Nullable SocketAddress bound;

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
	public void bind(SocketAddress address, ServerTransportOptions options) throws IOException {
		if (!isUnix()) {
			SocketOptions.set(openDescriptor(), options);
		}
		Addresses.bind(openDescriptor(), address);
		this.bound = Addresses.local(openDescriptor());
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment errno = Libc.newErrno(arena);
			Descriptor.checked((int) Libc.LISTEN.invokeExact(errno, openDescriptor(), options.backlog()), errno);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	private boolean isUnix() {
		return this.family == StandardProtocolFamily.UNIX;
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return this.bound;
	}

	@Override
	public @Nullable StreamSocket accept() throws IOException {
		MemorySegment errno = poller().errno();
		int accepted = accept(errno);
		while (accepted < 0 && Errno.isOfThePeer(Libc.errno(errno))) {
			accepted = accept(errno);
		}
		if (accepted < 0 && Libc.errno(errno) == Errno.EAGAIN) {
			return null;
		}
		return connection(Descriptor.checked(accepted, errno));
	}

	private StreamSocket connection(int accepted) throws IOException {
		try {
			// Now, as the system forgets it when the peer resets.
			SocketAddress remote = SocketAddressCodec.decode(this.peer, this.length.get(JAVA_INT, 0));
			return EpollStreamSocket.accepted(accepted, isUnix(), remote, local(accepted));
		}
		catch (IOException | RuntimeException | Error ex) {
			Descriptor.close(accepted);
			throw ex;
		}
	}

	private int accept(MemorySegment errno) throws IOException {
		this.length.set(JAVA_INT, 0, SocketAddressCodec.MAX_BYTES);
		try {
			return (int) Libc.ACCEPT.invokeExact(errno, openDescriptor(), this.peer, this.length,
					Descriptor.SOCKET_FLAGS);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
	}

	/**
	 * The own address of a connection. All of them have few between them, and share
	 * these.
	 */
	private @Nullable SocketAddress local(int accepted) throws IOException {
		if (!(this.bound instanceof InetSocketAddress inet) || !inet.getAddress().isAnyLocalAddress()) {
			return this.bound;
		}
		MemorySegment errno = poller().errno();
		this.length.set(JAVA_INT, 0, SocketAddressCodec.MAX_BYTES);
		try {
			Descriptor.checked((int) Libc.GETSOCKNAME.invokeExact(errno, accepted, this.local, this.length), errno);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
		if (this.lastLocalAddress == null || this.local.mismatch(this.lastLocal) >= 0) {
			this.lastLocalAddress = SocketAddressCodec.decode(this.local, this.length.get(JAVA_INT, 0));
			this.lastLocal.copyFrom(this.local);
		}
		return this.lastLocalAddress;
	}

}
