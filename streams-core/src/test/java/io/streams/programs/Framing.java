package io.streams.programs;

import java.io.IOException;
import java.nio.ByteBuffer;

import io.streams.IncompleteReadException;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;

final class Framing {

	private static final int LONGEST = 1_000_000;

	static void reverse(StreamReader reader, StreamWriter writer) throws IOException {
		try {
			while (true) {
				int length = ByteBuffer.wrap(reader.readExactly(4)).getInt();
				if (length < 0 || length > LONGEST) {
					break;
				}
				byte[] message = reader.readExactly(length);
				ByteBuffer answer = ByteBuffer.allocate(4 + length).putInt(length);
				for (int i = length - 1; i >= 0; i--) {
					answer.put(message[i]);
				}
				writer.write(answer.flip());
				writer.drain();
			}
		}
		catch (IncompleteReadException ex) {
			// The client is done.
		}
	}

	static void main(int port) throws Exception {
		try (StreamServer server = Streams.startServer(Framing::reverse, "127.0.0.1", port)) {
			server.serveForever();
		}
	}

}
