package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Sends lines whenever it can, and reads next to nothing.
 */
final class SlowReader implements Client {

	private static final long READ_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final int LINES_AT_ONCE = 512;

	private final SocketChannel channel;

	private final Message message = Message.line('s', LINES_AT_ONCE);

	private final ByteBuffer few = ByteBuffer.allocateDirect(1024);

	private long unsentBytes;

	private long nextRead = System.nanoTime();

	SlowReader(ClientLoop loop) throws IOException {
		this.channel = loop.connect();
		loop.register(this.channel, SelectionKey.OP_WRITE, this);
	}

	@Override
	public void ready() throws IOException {
		if (this.unsentBytes == 0) {
			this.unsentBytes = (long) LINES_AT_ONCE * this.message.requestBytes();
		}
		this.unsentBytes -= this.channel.write(this.message.requests(this.unsentBytes));
	}

	void close() throws IOException {
		this.channel.close();
	}

	/** Reads a little, every now and then. */
	void turn(long now) throws IOException {
		if (now - this.nextRead >= 0) {
			this.nextRead = now + READ_EVERY_NANOS;
			if (this.channel.read(this.few.clear()) < 0) {
				throw new EOFException("the server closed the connection of the slow reader");
			}
		}
	}

}
