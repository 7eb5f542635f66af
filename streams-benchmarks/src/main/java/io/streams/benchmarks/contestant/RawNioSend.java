package io.streams.benchmarks.contestant;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import io.streams.benchmarks.workload.Chunk;

/**
 * Writes a chunk whenever the socket takes some.
 */
final class RawNioSend implements RawNioHandler {

	private final SocketChannel channel;

	private final ByteBuffer chunk = ByteBuffer.allocateDirect(Chunk.SIZE).put(Chunk.bytes()).flip();

	RawNioSend(SocketChannel channel, SelectionKey key) {
		this.channel = channel;
		key.interestOps(SelectionKey.OP_WRITE);
	}

	@Override
	public void ready() throws IOException {
		this.channel.write(this.chunk);
		if (!this.chunk.hasRemaining()) {
			this.chunk.rewind();
		}
	}

}
