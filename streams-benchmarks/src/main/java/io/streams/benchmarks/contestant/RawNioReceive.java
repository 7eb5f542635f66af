package io.streams.benchmarks.contestant;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Reads and counts.
 */
final class RawNioReceive implements RawNioHandler {

	private final SocketChannel channel;

	private final ByteBuffer readBuffer;

	private final Acknowledgements acknowledgements = new Acknowledgements();

	RawNioReceive(SocketChannel channel, ByteBuffer readBuffer) {
		this.channel = channel;
		this.readBuffer = readBuffer;
	}

	@Override
	public void ready() throws IOException {
		int n = this.channel.read(this.readBuffer.clear());
		if (n < 0) {
			throw new EOFException();
		}
		if (this.acknowledgements.isDueAfter(n)) {
			this.channel.write(ByteBuffer.wrap(Acknowledgements.ACKNOWLEDGEMENT));
		}
	}

}
