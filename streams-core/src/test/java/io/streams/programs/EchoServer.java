package io.streams.programs;

import java.io.IOException;

import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;

final class EchoServer {

	static void echo(StreamReader reader, StreamWriter writer) throws IOException {
		for (byte[] line : reader.lines()) {
			writer.write(line);
			writer.drain();
		}
	}

	static void main(int port) throws Exception {
		try (StreamServer server = Streams.startServer(EchoServer::echo, "127.0.0.1", port)) {
			server.serveForever();
		}
	}

}
