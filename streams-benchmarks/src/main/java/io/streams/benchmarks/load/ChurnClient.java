package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/**
 * Connects, sends a line, reads it back, closes, and begins anew.
 */
final class ChurnClient implements Client {

	/**
	 * Addresses of this machine to connect from in turn: the ports of one, each unusable
	 * for a while after its connection, would not last.
	 */
	private static final int ADDRESSES = 32;

	private static int nextAddress;

	private final ClientLoop loop;

	private final ChurnLoad load;

	private final Message message;

	private @Nullable SocketChannel channel;

	private long startedAt;

	private int received;

	ChurnClient(ClientLoop loop, ChurnLoad load, Message message) {
		this.loop = loop;
		this.load = load;
		this.message = message;
	}

	void connect() throws IOException {
		this.startedAt = System.nanoTime();
		this.received = 0;
		SocketChannel opened = SocketChannel.open();
		this.channel = opened;
		opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
		opened.bind(source());
		opened.configureBlocking(false);
		if (opened.connect(this.loop.server())) {
			this.loop.register(opened, SelectionKey.OP_READ, this);
			send(opened);
		}
		else {
			this.loop.register(opened, SelectionKey.OP_CONNECT, this);
		}
	}

	@Override
	public void ready() throws IOException {
		SocketChannel current = this.channel;
		if (current == null) {
			return;
		}
		if (!current.isConnected()) {
			current.finishConnect();
			this.loop.register(current, SelectionKey.OP_READ, this);
			send(current);
			return;
		}
		ByteBuffer buffer = this.loop.readBuffer();
		int n = current.read(buffer);
		if (n < 0) {
			throw new EOFException("the server closed before it answered");
		}
		if (!this.message.isAnswer(this.received, buffer.flip())) {
			throw new IOException("the server sent something else than it was sent");
		}
		this.received += n;
		if (this.received == this.message.answerBytes()) {
			served(current);
		}
	}

	private void send(SocketChannel connected) throws IOException {
		connected.write(this.message.requests(this.message.requestBytes()));
	}

	private void served(SocketChannel served) throws IOException {
		this.channel = null;
		served.close();
		if (this.load.served(System.nanoTime() - this.startedAt)) {
			connect();
		}
	}

	private static InetSocketAddress source() throws IOException {
		nextAddress = (nextAddress + 1) % ADDRESSES;
		return new InetSocketAddress(InetAddress.getByAddress(new byte[] { 127, 0, 1, (byte) (nextAddress + 1) }), 0);
	}

}
