package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The other end of a connection under test: a plain blocking socket, with nothing of this
 * library in it, or where there are no sockets a {@linkplain RawMemory bare transport}.
 * For one thread that reads and one that writes.
 */
final class RawClient implements AutoCloseable {

	private final RawLink link;

	private final ByteBuffer input = ByteBuffer.allocate(64 * 1024).flip();

	RawClient(SocketChannel channel) {
		this(new RawSocket(channel));
	}

	RawClient(RawLink link) {
		this.link = link;
	}

	static RawClient connect(SocketAddress address) throws IOException {
		return new RawClient(SocketChannel.open(address));
	}

	/** The socket, if it is one. */
	SocketChannel channel() {
		return ((RawSocket) this.link).channel();
	}

	/** Bounds what may be sent and not be read by the peer. */
	void limitUnread(int bytes) throws IOException {
		this.link.limitUnread(bytes);
	}

	void send(String text) throws IOException {
		send(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	void send(byte[] bytes) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		while (buffer.hasRemaining()) {
			this.link.write(buffer);
		}
	}

	/** The next line without its end. */
	String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int b; (b = read()) != '\n';) {
			if (b < 0) {
				throw new EOFException("the server ended its side after '" + line + "'");
			}
			line.write(b);
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	/** Exactly so many bytes. */
	byte[] read(int length) throws IOException {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length;) {
			if (!fill()) {
				throw new EOFException("the server ended its side after " + i + " of " + length + " bytes");
			}
			int n = Math.min(length - i, this.input.remaining());
			this.input.get(bytes, i, n);
			i += n;
		}
		return bytes;
	}

	/**
	 * Takes what is there into an array, waiting only if there is nothing; -1 at the end.
	 */
	int read(byte[] target) throws IOException {
		if (!fill()) {
			return -1;
		}
		int n = Math.min(target.length, this.input.remaining());
		this.input.get(target, 0, n);
		return n;
	}

	/** Everything up to the end of the stream. */
	String readToEnd() throws IOException {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		byte[] chunk = new byte[8192];
		for (int n; (n = read(chunk)) >= 0;) {
			all.write(chunk, 0, n);
		}
		return all.toString(StandardCharsets.ISO_8859_1);
	}

	private int read() throws IOException {
		return fill() ? this.input.get() & 0xFF : -1;
	}

	private boolean fill() throws IOException {
		while (!this.input.hasRemaining()) {
			int n = this.link.read(this.input.clear());
			this.input.flip();
			if (n < 0) {
				return false;
			}
		}
		return true;
	}

	void shutdownOutput() throws IOException {
		this.link.shutdownOutput();
	}

	/** Closes with a reset instead of an end of stream; not on a Unix socket. */
	void reset() throws IOException {
		this.link.reset();
	}

	@Override
	public void close() throws IOException {
		this.link.close();
	}

}
