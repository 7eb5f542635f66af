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
 * Connects, over TLS does a whole handshake, sends a line, reads it back, closes, and
 * begins anew.
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

	private @Nullable Wire wire;

	private boolean sent;

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
		this.sent = false;
		SocketChannel opened = SocketChannel.open();
		this.channel = opened;
		this.wire = this.loop.wire(opened);
		opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
		opened.bind(source());
		opened.configureBlocking(false);
		if (opened.connect(this.loop.server())) {
			this.loop.register(opened, SelectionKey.OP_READ, this);
			send(this.wire);
		}
		else {
			this.loop.register(opened, SelectionKey.OP_CONNECT, this);
		}
	}

	@Override
	public void ready() throws IOException {
		SocketChannel current = this.channel;
		Wire currentWire = this.wire;
		if (current == null || currentWire == null) {
			return;
		}
		if (!current.isConnected()) {
			current.finishConnect();
			this.loop.register(current, SelectionKey.OP_READ, this);
		}
		if (this.sent) {
			receive(current, currentWire);
		}
		else {
			send(currentWire);
		}
	}

	private void receive(SocketChannel current, Wire currentWire) throws IOException {
		ByteBuffer buffer = this.loop.readBuffer();
		int n = currentWire.read(buffer);
		if (n < 0) {
			throw new EOFException("the server closed before it answered");
		}
		if (!this.message.isAnswer(this.received, buffer.flip())) {
			throw new IOException("the server sent something else than it was sent");
		}
		this.received += n;
		if (this.received == this.message.answerBytes()) {
			currentWire.end();
			served(current);
		}
	}

	private void send(Wire currentWire) throws IOException {
		if (currentWire.open()) {
			currentWire.write(this.message.requests(this.message.requestBytes()));
			this.sent = true;
		}
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
