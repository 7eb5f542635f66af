package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/**
 * The client of a {@link PropertyRound}. It knows what it has sent, what the server's
 * kernel has received of that, and what it has taken. One thread writes and one reads;
 * any thread may end it.
 */
final class PropertyPeer implements AutoCloseable {

	/** A record of TLS that was cut off may have held as many bytes. */
	private static final int TLS_RECORD_BYTES = 16 * 1024 + 256;

	private final PropertyKind kind;

	private final RawLink link;

	private final int serverPort;

	private final byte[] buffer = new byte[64 * 1024];

	/** Written by the thread that writes: bytes whose write began. */
	private volatile long offered;

	/** Written by the thread that writes: bytes whose write returned. */
	private volatile long sent;

	/** Written by the thread that reads. */
	private volatile long taken;

	PropertyPeer(PropertyKind kind, SocketAddress address, int receiveBuffer) throws IOException {
		this.kind = kind;
		this.link = kind.connect(address, receiveBuffer);
		this.serverPort = (address instanceof InetSocketAddress inet) ? inet.getPort() : -1;
	}

	long offered() {
		return this.offered;
	}

	long sent() {
		return this.sent;
	}

	long taken() {
		return this.taken;
	}

	void limitUnread(int bytes) throws IOException {
		this.link.limitUnread(bytes);
	}

	/** Sends the next bytes of a pattern. */
	void send(PatternBytes pattern, int length) throws IOException {
		send(pattern.bytes(this.sent, length));
	}

	void send(byte[] bytes) throws IOException {
		this.offered += bytes.length;
		for (ByteBuffer source = ByteBuffer.wrap(bytes); source.hasRemaining();) {
			this.link.write(source);
		}
		this.sent += bytes.length;
	}

	/**
	 * Reads at most so many bytes of a pattern.
	 * @return how many came, or -1 at a proper end
	 */
	int receive(PatternBytes pattern, int max) throws IOException {
		int n = read(max);
		if (n > 0) {
			long wrong = pattern.mismatch(this.taken, this.buffer, n);
			if (wrong >= 0) {
				throw new AssertionError("wrong byte: the client read a wrong byte at " + wrong);
			}
			this.taken += n;
		}
		return n;
	}

	/**
	 * Reads a message of a known length.
	 * @return the message, or what came of it before a proper end
	 */
	byte[] receive(int length) throws IOException {
		ByteBuffer message = ByteBuffer.allocate(length);
		while (message.hasRemaining() && this.link.read(message) >= 0) {
			// The rest is still to come.
		}
		return Arrays.copyOf(message.array(), message.position());
	}

	/** Reads and drops everything up to the end, whichever it is. */
	void receiveRest() {
		try {
			while (read(this.buffer.length) >= 0) {
				// More follows.
			}
		}
		catch (IOException ex) {
			// That is an end too.
		}
	}

	private int read(int max) throws IOException {
		return this.link.read(ByteBuffer.wrap(this.buffer, 0, Math.min(max, this.buffer.length)));
	}

	/**
	 * Returns the kernel's queues of this socket; empty if the kernel does not list it.
	 */
	Optional<KernelQueues> queues() throws IOException {
		int port = localPort();
		return (port > 0) ? KernelQueues.of(port, this.serverPort) : Optional.empty();
	}

	private int localPort() throws IOException {
		try {
			return switch (this.link) {
				case RawTls tls -> tls.peer().plain().getLocalPort();
				case RawSocket socket when this.kind.isTcp() ->
					((InetSocketAddress) socket.channel().getLocalAddress()).getPort();
				default -> -1;
			};
		}
		catch (ClosedChannelException ex) {
			return -1;
		}
	}

	/** Returns the least number of bytes that the server, or its kernel, has. */
	long delivered() throws IOException {
		long before = this.sent;
		if (this.kind == PropertyKind.UNIX) {
			return before;
		}
		long unacknowledged = queues().map(KernelQueues::unacknowledged).orElse(Long.MAX_VALUE / 2);
		if (unacknowledged == 0) {
			return before;
		}
		return Math.max(0, before - unacknowledged - (this.kind.isTls() ? TLS_RECORD_BYTES : 0));
	}

	/** Ends the sending side properly. */
	void end() throws IOException {
		this.link.shutdownOutput();
	}

	/** Ends the sending side and the socket, properly. */
	void endAndClose() throws IOException {
		if (this.link instanceof RawTls tls) {
			// Its kernel holds unread session tickets: a close would reset.
			tls.shutdownOutput();
			tls.truncate();
		}
		else {
			this.link.close();
		}
	}

	/** Ends the TCP connection below TLS, without a close_notify. */
	void truncate() throws IOException {
		((RawTls) this.link).truncate();
	}

	void reset() throws IOException {
		this.link.reset();
	}

	/** Takes one byte and leaves others unread in the kernel, so that a close resets. */
	void leaveUnread() throws IOException {
		read(1);
	}

	@Override
	public void close() throws IOException {
		this.link.close();
	}

	/** Sizes of the pieces of a stream. */
	static int randomPiece(Random random, int largest) {
		int bound = 1 + random.nextInt(largest);
		return 1 + random.nextInt(bound);
	}

}
