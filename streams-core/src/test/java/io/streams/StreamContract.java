package io.streams;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.Parameter;

/**
 * What the tests of the contract of streams share: each runs over every
 * {@link TransportKind}.
 */
abstract class StreamContract extends NetworkFixture {

	static final ConnectionHandler ECHO = (reader, writer) -> {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	};

	@Parameter
	TransportKind kind;

	@Override
	TransportKind kind() {
		return this.kind;
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

}
