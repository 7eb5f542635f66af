package io.streams.benchmarks.contestant;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/**
 * Finds the ends of lines and writes the lines back, out of the buffer that they were
 * read into.
 */
final class RawNioEcho implements RawNioHandler {

	private final SocketChannel channel;

	private final SelectionKey key;

	private final ByteBuffer readBuffer;

	/** The beginning of a line, whose end has not come. */
	private byte @Nullable [] beginning;

	/** Lines that the client has not taken; nothing is read meanwhile. */
	private @Nullable ByteBuffer unsent;

	RawNioEcho(SocketChannel channel, SelectionKey key, ByteBuffer readBuffer) {
		this.channel = channel;
		this.key = key;
		this.readBuffer = readBuffer;
	}

	@Override
	public void ready() throws IOException {
		if (this.unsent != null) {
			send(this.unsent);
			return;
		}
		ByteBuffer buffer = this.readBuffer.clear();
		if (this.beginning != null) {
			buffer.put(this.beginning);
			this.beginning = null;
		}
		int scanFrom = buffer.position();
		if (this.channel.read(buffer) < 0) {
			throw new EOFException();
		}
		int end = endOfLines(buffer, scanFrom, buffer.position());
		keep(buffer, end);
		send(buffer.position(0).limit(end));
	}

	/** Each line's end is looked for, as if each line had to be looked at. */
	private static int endOfLines(ByteBuffer buffer, int from, int to) {
		int end = 0;
		for (int i = from; i < to; i++) {
			if (buffer.get(i) == '\n') {
				end = i + 1;
			}
		}
		return end;
	}

	private void keep(ByteBuffer buffer, int from) throws IOException {
		int length = buffer.position() - from;
		if (length == buffer.capacity()) {
			throw new IOException("line too long");
		}
		if (length > 0) {
			byte[] kept = new byte[length];
			buffer.get(from, kept);
			this.beginning = kept;
		}
	}

	private void send(ByteBuffer lines) throws IOException {
		this.channel.write(lines);
		if (!lines.hasRemaining()) {
			if (this.unsent != null) {
				this.unsent = null;
				this.key.interestOps(SelectionKey.OP_READ);
			}
		}
		else if (this.unsent == null) {
			this.unsent = ByteBuffer.allocateDirect(lines.remaining()).put(lines).flip();
			this.key.interestOps(SelectionKey.OP_WRITE);
		}
	}

}
