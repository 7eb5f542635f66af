package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;

import io.streams.benchmarks.workload.Chunk;

import org.jspecify.annotations.Nullable;

/**
 * One connection that reads what the server sends without end, and compares it.
 */
final class DownloadLoad implements Load, Client {

	private final LoadOptions options;

	private final ClientLoop loop;

	/** Two chunks, so that a read that begins anywhere in one can be compared at once. */
	private final ByteBuffer expected = ByteBuffer.allocateDirect(2 * Chunk.SIZE).put(Chunk.bytes()).put(Chunk.bytes());

	private @Nullable SocketChannel channel;

	private long received;

	DownloadLoad(LoadOptions options, ClientLoop loop) {
		this.options = options;
		this.loop = loop;
	}

	@Override
	public void warmUp() throws IOException {
		try (SocketChannel opened = open()) {
			this.loop.run(this.options.warmup());
		}
	}

	@Override
	public LoadResult measure() throws IOException {
		try (SocketChannel opened = open()) {
			Interval interval = new Interval(this.options);
			while (interval.goesOn(this.loop.now(), this.received)) {
				this.loop.turn();
			}
			return interval.result();
		}
	}

	private SocketChannel open() throws IOException {
		SocketChannel opened = this.loop.connect();
		this.channel = opened;
		this.received = 0;
		this.loop.register(opened, SelectionKey.OP_READ, this);
		return opened;
	}

	@Override
	public void ready() throws IOException {
		ByteBuffer buffer = this.loop.readBuffer();
		int n = Objects.requireNonNull(this.channel).read(buffer);
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
