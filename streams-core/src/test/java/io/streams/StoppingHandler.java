package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.zip.CRC32;

/**
 * Answers requests, each of a length of four bytes and a body, with the length and the
 * checksum of the body. Everything that it takes for a whole message, it answers.
 */
final class StoppingHandler implements ConnectionHandler {

	static final int ANSWER_BYTES = 12;

	/** The ends of the conversations, in their order. */
	private final Queue<Object> endings = new ConcurrentLinkedQueue<>();

	private final StoppingPlan.Style style;

	StoppingHandler(StoppingPlan.Style style) {
		this.style = style;
	}

	static byte[] answer(byte[] body) {
		CRC32 checksum = new CRC32();
		checksum.update(body);
		return ByteBuffer.allocate(ANSWER_BYTES).putInt(body.length).putLong(checksum.getValue()).array();
	}

	/** How a message is sent. */
	static byte[] message(StoppingPlan.Style style, byte[] body) {
		if (style.isUpload()) {
			return body;
		}
		byte[] head = (style == StoppingPlan.Style.LINES) ? (body.length + "\n").getBytes(StandardCharsets.US_ASCII)
				: ByteBuffer.allocate(4).putInt(body.length).array();
		int tail = (style == StoppingPlan.Style.LINES) ? 1 : 0;
		ByteBuffer message = ByteBuffer.allocate(head.length + body.length + tail).put(head).put(body);
		return ((tail > 0) ? message.put((byte) '\n') : message).array();
	}

	Queue<Object> endings() {
		return this.endings;
	}

	@Override
	public void handle(StreamReader reader, StreamWriter writer) throws Exception {
		try {
			if (this.style.isUpload()) {
				answer(writer, upload(reader));
			}
			else {
				converse(reader, writer);
			}
			this.endings.add("returned");
		}
		catch (Exception ex) {
			this.endings.add(ex);
			throw ex;
		}
	}

	private void converse(StreamReader reader, StreamWriter writer) throws Exception {
		DataInputStream data = new DataInputStream(reader.inputStream());
		try {
			while (this.style != StoppingPlan.Style.AWAITED || reader.awaitInput()) {
				answer(writer, body(reader, data));
			}
		}
		catch (EOFException ex) {
			// Where nothing of a message was read, the client is done.
		}
	}

	private byte[] body(StreamReader reader, DataInputStream data) throws Exception {
		return switch (this.style) {
			case EXACTLY, AWAITED -> reader.readExactly(ByteBuffer.wrap(reader.readExactly(4)).getInt());
			case LATER -> later(reader, ByteBuffer.wrap(later(reader, 4)).getInt());
			case STREAM -> {
				byte[] body = new byte[data.readInt()];
				data.readFully(body);
				yield body;
			}
			case SOME -> some(reader, ByteBuffer.wrap(some(reader, 4)).getInt());
			case LINES -> lines(reader);
			case UPLOAD, UPLOAD_STREAM, UPLOAD_LOOP -> throw new IllegalStateException();
		};
	}

	private static byte[] later(StreamReader reader, int length) throws Exception {
		try {
			return reader.readExactlyAsync(length).get();
		}
		catch (ExecutionException ex) {
			throw (Exception) ex.getCause();
		}
	}

	private static byte[] some(StreamReader reader, int length) throws IOException {
		ByteArrayOutputStream collected = new ByteArrayOutputStream();
		while (collected.size() < length) {
			byte[] some = reader.read(length - collected.size());
			if (some.length == 0) {
				throw new EOFException();
			}
			collected.writeBytes(some);
		}
		return collected.toByteArray();
	}

	private static byte[] lines(StreamReader reader) throws IOException {
		String length = new String(reader.readLine(), StandardCharsets.US_ASCII);
		byte[] line = reader.readLine();
		if (!length.endsWith("\n") || line.length == 0) {
			throw new EOFException();
		}
		return Arrays.copyOf(line, line.length - 1);
	}

	/** Takes everything up to the end for one message. */
	private byte[] upload(StreamReader reader) throws IOException {
		ByteArrayOutputStream stored = new ByteArrayOutputStream();
		switch (this.style) {
			case UPLOAD -> stored.writeBytes(reader.read());
			case UPLOAD_STREAM -> reader.inputStream().transferTo(stored);
			default -> {
				for (byte[] some; (some = reader.read(10_000)).length > 0;) {
					stored.writeBytes(some);
				}
			}
		}
		return stored.toByteArray();
	}

	private static void answer(StreamWriter writer, byte[] body) throws IOException {
		writer.write(answer(body));
		writer.drain();
	}

}
