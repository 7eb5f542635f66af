package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.streams.benchmarks.workload.Chunk;

import org.jspecify.annotations.Nullable;

/**
 * One connection that writes without end. What was written in the end must have been
 * acknowledged.
 */
final class UploadLoad implements Load, Client {

	private static final long LAST_ACKNOWLEDGEMENTS_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final LoadOptions options;

	private final ClientLoop loop;

	private final ByteBuffer chunk = ByteBuffer.allocateDirect(Chunk.SIZE).put(Chunk.bytes());

	private @Nullable SelectionKey key;

	private long sent;

	private long acknowledged;

	/** Where to end: no limit until the interval is over. */
	private long sendUpTo = Long.MAX_VALUE;

	UploadLoad(LoadOptions options, ClientLoop loop) {
		this.options = options;
		this.loop = loop;
	}

	@Override
	public void warmUp() throws IOException {
		try (SocketChannel opened = open()) {
			this.loop.run(this.options.warmup());
			awaitAcknowledgements();
		}
	}

	@Override
	public LoadResult measure() throws IOException {
		try (SocketChannel opened = open()) {
			Interval interval = new Interval(this.options);
			while (interval.goesOn(this.loop.now(), this.sent)) {
				this.loop.turn();
			}
			awaitAcknowledgements();
			return interval.result();
		}
	}

	private SocketChannel open() throws IOException {
		SocketChannel opened = this.loop.connect();
		this.sent = 0;
		this.acknowledged = 0;
		this.sendUpTo = Long.MAX_VALUE;
		this.key = this.loop.register(opened, SelectionKey.OP_READ | SelectionKey.OP_WRITE, this);
		return opened;
	}

	@Override
	public void ready() throws IOException {
		SelectionKey key = Objects.requireNonNull(this.key);
		SocketChannel channel = (SocketChannel) key.channel();
		if (key.isReadable()) {
			int n = channel.read(this.loop.readBuffer());
			if (n < 0) {
				throw new EOFException("the server closed the connection");
			}
			this.acknowledged += n;
		}
		if (key.isWritable()) {
			this.chunk.clear().position((int) (this.sent % Chunk.SIZE));
			this.sent += channel.write(this.chunk);
			if (this.sent == this.sendUpTo) {
				key.interestOps(SelectionKey.OP_READ);
			}
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
