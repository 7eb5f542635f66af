package io.streams.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A request and the answer that it must get, many times over in buffers that are never
 * changed.
 */
final class Message {

	/** Bytes that are read at once, at the most. */
	static final int READ_BYTES = 64 * 1024;

	/** Bytes of a line, with its end. */
	private static final int LINE_BYTES = 64;

	private final int requestBytes;

	private final int answerBytes;

	private final ByteBuffer requests;

	private final ByteBuffer answers;

	private Message(byte[] request, byte[] answer, int inFlight) {
		this.requestBytes = request.length;
		this.answerBytes = answer.length;
		this.requests = repeated(request, inFlight + 1);
		this.answers = repeated(answer, READ_BYTES / answer.length + 2);
	}

	/**
	 * A line of 64 bytes that is sent back.
	 * @param letter what it is made of, so that lines of different connections differ
	 * @param inFlight how many are sent at once, at the most
	 */
	static Message line(char letter, int inFlight) {
		byte[] line = (Character.toString(letter).repeat(LINE_BYTES - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
		return new Message(line, line, inFlight);
	}

	/**
	 * A value of 64 bytes that is set, and got again, in Redis's protocol.
	 * @param letter what key and value are made of
	 * @param inFlight how many such pairs are sent at once, at the most
	 */
	static Message setAndGet(char letter, int inFlight) {
		String value = "$64\r\n" + Character.toString(letter).repeat(LINE_BYTES) + "\r\n";
		String key = "$5\r\nkey:" + letter + "\r\n";
		String request = "*3\r\n$3\r\nSET\r\n" + key + value + "*2\r\n$3\r\nGET\r\n" + key;
		String answer = "+OK\r\n" + value;
		return new Message(request.getBytes(StandardCharsets.US_ASCII), answer.getBytes(StandardCharsets.US_ASCII),
				inFlight);
	}

	int requestBytes() {
		return this.requestBytes;
	}

	int answerBytes() {
		return this.answerBytes;
	}

	/**
	 * The bytes of requests of which some may have been sent.
	 * @param unsent how many bytes are to be sent yet
	 * @return the bytes, valid until the next call
	 */
	ByteBuffer requests(long unsent) {
		int part = (int) (unsent % this.requestBytes);
		int from = (part == 0) ? 0 : this.requestBytes - part;
		return this.requests.limit(from + (int) unsent).position(from);
	}

	/**
	 * Whether some bytes are those that must come.
	 * @param received how many came before
	 * @param bytes the bytes
	 */
	boolean isAnswer(long received, ByteBuffer bytes) {
		int from = (int) (received % this.answerBytes);
		this.answers.limit(from + bytes.remaining()).position(from);
		return bytes.mismatch(this.answers) < 0;
	}

	private static ByteBuffer repeated(byte[] bytes, int times) {
		ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length * times);
		for (int i = 0; i < times; i++) {
			buffer.put(bytes);
		}
		return buffer.flip();
	}

}
