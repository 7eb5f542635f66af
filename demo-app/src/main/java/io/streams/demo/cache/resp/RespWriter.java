package io.streams.demo.cache.resp;

import java.io.IOException;

import io.streams.StreamWriter;

/**
 * Writes replies to a stream. A reply that fits into its small buffer is one
 * {@code write}; a longer one goes out in pieces, and waits for the client after every
 * few of them, so that a reply of any length never queues more than {@link #DRAIN_EVERY}
 * bytes beyond the stream's high-water mark. For the use of one thread.
 */
public final class RespWriter {

	/** Bytes that are encoded at once. */
	static final int BUFFER_BYTES = 2048;

	/** Bytes that are written at the most before the client must keep up. */
	static final int DRAIN_EVERY = 64 * 1024;

	/** Digits of the longest number, its sign, a prefix and the end of the line. */
	private static final int NUMBER_BYTES = 24;

	private final StreamWriter writer;

	private final byte[] buffer = new byte[BUFFER_BYTES];

	private int length;

	private int undrained;

	public RespWriter(StreamWriter writer) {
		this.writer = writer;
	}

	/**
	 * Writes a reply. The last piece of it is not drained yet.
	 * @param reply the reply
	 * @throws IOException if the connection is lost
	 */
	public void write(Reply reply) throws IOException {
		this.undrained = 0;
		encode(reply);
		spill();
	}

	/**
	 * Waits for the client if it is behind.
	 * @throws IOException if the connection is lost
	 */
	public void drain() throws IOException {
		this.writer.drain();
	}

	private void encode(Reply reply) throws IOException {
		switch (reply) {
			case Reply.Status status -> line('+', status.text());
			case Reply.Failure failure -> line('-', failure.text());
			case Reply.WholeNumber number -> number(':', number.value());
			case Reply.Bulk bulk -> bulk(bulk.bytes());
			case Reply.Nil nil -> line(nil.text().charAt(0), nil.text().substring(1));
			case Reply.Array array -> array(array);
		}
	}

	private void array(Reply.Array array) throws IOException {
		number('*', array.items().size());
		for (Reply item : array.items()) {
			encode(item);
		}
	}

	private void bulk(byte[] bytes) throws IOException {
		number('$', bytes.length);
		if (bytes.length <= this.buffer.length) {
			room(bytes.length);
			System.arraycopy(bytes, 0, this.buffer, this.length, bytes.length);
			this.length += bytes.length;
		}
		else {
			pass(bytes);
		}
		endLine();
	}

	private void line(char prefix, String text) throws IOException {
		put(prefix);
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			put((character == '\r' || character == '\n') ? ' ' : character);
		}
		endLine();
	}

	private void number(char prefix, long value) throws IOException {
		room(NUMBER_BYTES);
		put(prefix);
		if (value < 0) {
			put('-');
		}
		digits(value);
		endLine();
	}

	/**
	 * Writes digits from the last one to the first; works on negative numbers alone,
	 * which have no overflow.
	 */
	private void digits(long value) {
		long rest = (value > 0) ? -value : value;
		int count = 1;
		for (long r = rest / 10; r != 0; r /= 10) {
			count++;
		}
		for (int i = count - 1; i >= 0; i--) {
			this.buffer[this.length + i] = (byte) ('0' - rest % 10);
			rest /= 10;
		}
		this.length += count;
	}

	private void endLine() throws IOException {
		put('\r');
		put('\n');
	}

	private void put(char latin1) throws IOException {
		room(1);
		this.buffer[this.length++] = (byte) latin1;
	}

	/** Makes room in the buffer, for its own size at the most. */
	private void room(int bytes) throws IOException {
		if (this.length + bytes > this.buffer.length) {
			spill();
		}
	}

	private void spill() throws IOException {
		if (this.length > 0) {
			send(this.buffer, 0, this.length);
			this.length = 0;
		}
	}

	/** Sends bytes past the buffer. */
	private void pass(byte[] bytes) throws IOException {
		spill();
		for (int offset = 0; offset < bytes.length; offset += DRAIN_EVERY) {
			send(bytes, offset, Math.min(DRAIN_EVERY, bytes.length - offset));
		}
	}

	private void send(byte[] bytes, int offset, int count) throws IOException {
		if (this.undrained + count > DRAIN_EVERY) {
			this.writer.drain();
			this.undrained = 0;
		}
		this.writer.write(bytes, offset, count);
		this.undrained += count;
	}

}
