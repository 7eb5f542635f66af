package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import io.streams.benchmarks.workload.Chunk;

/**
 * One connection that reads what the server sends without end, and compares it.
 */
final class DownloadLoad implements Load, Client {

	private final LoadOptions options;

	private final ClientLoop loop;

	private final SocketChannel channel;

	/** Two chunks, so that a read that begins anywhere in one can be compared at once. */
	private final ByteBuffer expected = ByteBuffer.allocateDirect(2 * Chunk.SIZE).put(Chunk.bytes()).put(Chunk.bytes());

	private long received;

	DownloadLoad(LoadOptions options) throws IOException {
		this.options = options;
		this.loop = new ClientLoop(options.port());
		this.channel = this.loop.connect();
		this.loop.register(this.channel, SelectionKey.OP_READ, this);
	}

	@Override
	public LoadResult run() throws IOException {
		Interval interval = new Interval(this.options);
		while (interval.goesOn(this.loop.now(), this.received)) {
			this.loop.turn();
		}
		this.channel.close();
		return interval.result();
	}

	@Override
	public void ready() throws IOException {
		ByteBuffer buffer = this.loop.readBuffer();
		int n = this.channel.read(buffer);
		if (n < 0) {
			throw new EOFException("the server closed the connection");
		}
		int from = (int) (this.received % Chunk.SIZE);
		if (buffer.flip().mismatch(this.expected.limit(from + n).position(from)) >= 0) {
			throw new IOException("the server sent something else than its chunks");
		}
		this.received += n;
	}

}
