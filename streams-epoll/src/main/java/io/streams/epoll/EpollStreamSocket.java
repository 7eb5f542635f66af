package io.streams.epoll;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;

import io.streams.socket.StreamSocket;
import io.streams.transport.SocketOptionAccess;
import io.streams.transport.TransportOptions;

import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket for one connection.
 */
final class EpollStreamSocket extends EpollSocket implements StreamSocket {

	private static final Logger logger = LoggerFactory.getLogger(EpollStreamSocket.class);

	/** No signal if the peer is gone, but an error. */
	private static final int NO_SIGNAL = 0x4000;

	/** More follows at once: what does not fill a packet is kept for it. */
	private static final int MORE = 0x8000;

	/** Whether it was accepted, and so has the listener's options. */
	private final boolean accepted;

	/** Event loop only: an attempt to connect is under way. */
	private boolean connecting;

	private final boolean unix;

	/**
	 * The peer's address, if it has one: who was accepted, or who was asked for, which
	 * may be known to the system by another name.
	 */
	private @Nullable SocketAddress remote;

	/** The peer's address, {@link SocketAddressCodec#pack packed}, in its place. */
	private final long packedRemote;

	/** The own address, since the connection stands. */
	private @Nullable SocketAddress local;

	private EpollStreamSocket(int descriptor, boolean accepted, boolean unix, @Nullable SocketAddress remote,
			@Nullable SocketAddress local) {
		super(descriptor);
		this.accepted = accepted;
		this.unix = unix;
		this.packedRemote = SocketAddressCodec.pack(remote);
		this.remote = (this.packedRemote == 0) ? remote : null;
		this.local = local;
	}

	static EpollStreamSocket open(ProtocolFamily family) throws IOException {
		boolean unix = family == StandardProtocolFamily.UNIX;
		return new EpollStreamSocket(Descriptor.openSocket(family), false, unix, null, null);
	}

	static EpollStreamSocket accepted(int descriptor, boolean unix, @Nullable SocketAddress remote,
			@Nullable SocketAddress local) {
		return new EpollStreamSocket(descriptor, true, unix, remote, local);
	}

	@Override
	int operations(int events) {
		int operations = ((events & Epoll.IN) != 0) ? READ : 0;
		if ((events & Epoll.OUT) != 0) {
			operations |= this.connecting ? CONNECT : WRITE;
		}
		return operations;
	}

	@Override
	public void configure(TransportOptions settings, boolean unix) throws IOException {
		if (this.accepted && !unix) {
			// The system has copied the listener's (tcp(7)).
			return;
		}
		SocketOptions.set(openDescriptor(), settings, unix);
	}

	@Override
	public void bind(SocketAddress local) throws IOException {
		Addresses.bind(openDescriptor(), local);
	}

	@Override
	public boolean connect(SocketAddress remote) throws IOException {
		this.remote = remote;
		this.connecting = !Addresses.connect(openDescriptor(), remote);
		if (!this.connecting) {
			this.local = Addresses.local(openDescriptor());
		}
		return !this.connecting;
	}

	@Override
	public void finishConnect() throws IOException {
		this.connecting = false;
		SocketOptions.throwError(openDescriptor());
		this.local = Addresses.local(openDescriptor());
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		MemorySegment errno = poller().errno();
		int position = target.position();
		long address = poller().address(target) + position;
		int n;
		try {
			n = (int) (long) Libc.RECV.invokeExact(errno, openDescriptor(), address, (long) target.remaining(), 0);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
		if (n > 0) {
			target.position(position + n);
			return n;
		}
		return (n == 0) ? -1 : nothingOr(Libc.errno(errno));
	}

	private static int nothingOr(int number) throws IOException {
		if (Errno.isForNow(number)) {
			return 0;
		}
		throw Errno.exception(number);
	}

	@Override
	public int write(ByteBuffer data) throws IOException {
		return send(data, NO_SIGNAL);
	}

	@Override
	public long write(ByteBuffer[] data) throws IOException {
		long sent = 0;
		for (int i = 0; i < data.length; i++) {
			int offered = data[i].remaining();
			int n = send(data[i], (i < data.length - 1) ? NO_SIGNAL | MORE : NO_SIGNAL);
			sent += n;
			if (n < offered) {
				break;
			}
		}
		return sent;
	}

	private int send(ByteBuffer data, int flags) throws IOException {
		int descriptor = openDescriptor();
		MemorySegment errno = ErrorNumbers.of(descriptor);
		int n;
		try {
			n = (int) (long) Libc.SEND.invokeExact(errno, descriptor, bytes(data), (long) data.remaining(), flags);
		}
		catch (Throwable ex) {
			throw Descriptor.rethrown(ex);
		}
		if (n < 0) {
			return nothingOr(Libc.errno(errno));
		}
		data.position(data.position() + n);
		return n;
	}

	private static MemorySegment bytes(ByteBuffer data) {
		return data.hasArray()
				? MemorySegment.ofArray(data.array()).asSlice(data.arrayOffset() + data.position(), data.remaining())
				: MemorySegment.ofBuffer(data);
	}

	@Override
	public long unacknowledged() {
		return isOpen() ? Descriptor.unacknowledged(descriptor()) : -1;
	}

	@Override
	public void shutdownOutput() throws IOException {
		Descriptor.shutdownOutput(openDescriptor());
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return this.local;
	}

	@Override
	public @Nullable SocketAddress remoteAddress() {
		return (this.packedRemote != 0) ? SocketAddressCodec.unpack(this.packedRemote) : this.remote;
	}

	@Override
	public SocketOptionAccess options() {
		return new EpollSocketOptions(this, this.unix);
	}

	@Override
	public @Nullable UnixDomainPrincipal peer() {
		try {
			return Peer.of(openDescriptor());
		}
		catch (IOException ex) {
			logger.debug("The system does not tell who is at the other end of a Unix socket", ex);
			return null;
		}
	}

	@Override
	public void resetOnClose() {
		try {
			SocketOptions.lingerNot(openDescriptor());
		}
		catch (IOException ex) {
			logger.debug("Could not have the close of a socket send a reset", ex);
		}
	}

}
