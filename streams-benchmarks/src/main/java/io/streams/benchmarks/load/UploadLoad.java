package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

import io.streams.benchmarks.workload.Chunk;

/**
 * One connection that writes without end. What was written in the end must have been
 * acknowledged.
 */
final class UploadLoad implements Load, Client {

	private static final long LAST_ACKNOWLEDGEMENTS_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final LoadOptions options;

	private final ClientLoop loop;

	private final SocketChannel channel;

	private final SelectionKey key;

	private final ByteBuffer chunk = ByteBuffer.allocateDirect(Chunk.SIZE).put(Chunk.bytes());

	private long sent;

	private long acknowledged;

	/** Where to end: no limit until the interval is over. */
	private long sendUpTo = Long.MAX_VALUE;

	UploadLoad(LoadOptions options) throws IOException {
		this.options = options;
		this.loop = new ClientLoop(options.port());
		this.channel = this.loop.connect();
		this.key = this.loop.register(this.channel, SelectionKey.OP_READ | SelectionKey.OP_WRITE, this);
	}

	@Override
	public LoadResult run() throws IOException {
		Interval interval = new Interval(this.options);
		while (interval.goesOn(this.loop.now(), this.sent)) {
			this.loop.turn();
		}
		LoadResult result = interval.result();
		awaitAcknowledgements();
		this.channel.close();
		return result;
	}

	@Override
	public void ready() throws IOException {
		if (this.key.isReadable()) {
			int n = this.channel.read(this.loop.readBuffer());
			if (n < 0) {
				throw new EOFException("the server closed the connection");
			}
			this.acknowledged += n;
		}
		if (this.key.isWritable()) {
			send();
		}
	}

	private void send() throws IOException {
		this.chunk.clear().position((int) (this.sent % Chunk.SIZE));
		this.sent += this.channel.write(this.chunk);
		if (this.sent == this.sendUpTo) {
			this.key.interestOps(SelectionKey.OP_READ);
		}
	}

	private void awaitAcknowledgements() throws IOException {
		long acknowledgements = this.sent / Chunk.ACKNOWLEDGED + 1;
		this.sendUpTo = acknowledgements * Chunk.ACKNOWLEDGED;
		long deadline = System.nanoTime() + LAST_ACKNOWLEDGEMENTS_NANOS;
		while (this.acknowledged < acknowledgements) {
			if (System.nanoTime() - deadline > 0) {
				throw new IOException("the server has acknowledged " + this.acknowledged + " of " + acknowledgements
						+ " MiB that it was sent");
			}
			this.loop.turn();
		}
	}

}
