package io.streams.spring.server;

import java.io.IOException;

import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;

/**
 * Answers each line with itself.
 */
public class EchoServer {

	@StreamHandler(server = "echo", host = "127.0.0.1", port = "0")
	void onConnect(StreamReader reader, StreamWriter writer) throws IOException {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	}

}
