package io.streams.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * Sends a message for each that is answered, and compares every byte that comes back.
 */
final class EchoClient implements Client {

	private final Wire wire;

	private final ClientLoop loop;

	private final EchoLoad load;

	private final Message message;

	/** When the messages under way were sent, a ring. */
	private final long[] sentAt;

	private final SelectionKey key;

	private long sent;

	private long answered;

	private long receivedBytes;

	private long unsentBytes;

	EchoClient(SocketChannel channel, ClientLoop loop, EchoLoad load, Message message, int inFlight)
			throws IOException {
		this.wire = loop.wire(channel);
		this.loop = loop;
		this.load = load;
		this.message = message;
		this.sentAt = new long[inFlight];
		// The channel blocks until it is registered.
		if (!this.wire.open()) {
			throw new EOFException("the server closed a connection in its handshake");
		}
		this.key = loop.register(channel, SelectionKey.OP_READ, this);
	}

	/** Sends the first messages. */
	void start() throws IOException {
		send(this.sentAt.length, System.nanoTime());
	}

	boolean isAnswered() {
		return this.answered == this.sent;
	}

	/** Ends the connection, on which everything was answered. */
	void close() throws IOException {
		this.wire.end();
		this.key.channel().close();
	}

	@Override
	public void ready() throws IOException {
		if (this.unsentBytes > 0) {
			flush();
		}
		ByteBuffer buffer = this.loop.readBuffer();
		int n = this.wire.read(buffer);
		if (n < 0) {
			throw new EOFException("the server closed a connection");
		}
		if (n > 0) {
			received(buffer.flip(), n);
		}
	}

	private void received(ByteBuffer bytes, int n) throws IOException {
		if (!this.message.isAnswer(this.receivedBytes, bytes)) {
			throw new IOException("the server sent something else than it was sent");
		}
		this.receivedBytes += n;
		long answeredNow = this.receivedBytes / this.message.answerBytes();
		int messages = (int) (answeredNow - this.answered);
		if (messages > 0) {
			long now = System.nanoTime();
			answered(messages, now);
			if (this.load.isSending()) {
				send(messages, now);
			}
		}
	}

	private void answered(int messages, long now) throws IOException {
		if (this.answered + messages > this.sent) {
			throw new IOException("the server sent more than it was sent");
		}
		for (int i = 0; i < messages; i++) {
			this.load.answered(now - this.sentAt[(int) (this.answered++ % this.sentAt.length)]);
		}
	}

	private void send(int messages, long now) throws IOException {
		for (int i = 0; i < messages; i++) {
			this.sentAt[(int) (this.sent++ % this.sentAt.length)] = now;
		}
		this.unsentBytes += (long) messages * this.message.requestBytes();
		flush();
	}

	private void flush() throws IOException {
		this.unsentBytes -= this.wire.write(this.message.requests(this.unsentBytes));
		int operations = (this.unsentBytes > 0) ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
		if (this.key.interestOps() != operations) {
			this.key.interestOps(operations);
		}
	}

}
