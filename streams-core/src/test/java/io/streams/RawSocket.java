package io.streams;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A plain blocking socket.
 *
 * @param channel the socket
 */
record RawSocket(SocketChannel channel) implements RawLink {

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.channel.read(target);
	}

	@Override
	public void write(ByteBuffer source) throws IOException {
		this.channel.write(source);
	}

	@Override
	public void limitUnread(int bytes) throws IOException {
		this.channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
	}

	@Override
	public void shutdownOutput() throws IOException {
		this.channel.shutdownOutput();
	}

	/** TCP only. */
	@Override
	public void reset() throws IOException {
		this.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
		this.channel.close();
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
