package io.streams.programs;

import java.io.IOException;

import io.streams.ConnectionHandler;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;

final class Proxy {

	static void pump(StreamReader reader, StreamWriter writer) throws IOException {
		for (byte[] data; (data = reader.read(65536)).length > 0;) {
			writer.write(data);
			writer.drain();
		}
		writer.writeEof();
	}

	static void main(int port, int target) throws Exception {
		ConnectionHandler proxy = (reader, writer) -> {
			try (StreamConnection upstream = Streams.openConnection("127.0.0.1", target)) {
				Thread there = Thread.startVirtualThread(() -> {
					try {
						pump(reader, upstream.writer());
					}
					catch (IOException ex) {
						upstream.abort();
					}
				});
				try {
					pump(upstream.reader(), writer);
					there.join();
				}
				catch (IOException | InterruptedException ex) {
					// Closed properly, a half of what the client sends would look like
					// the whole.
					upstream.abort();
					throw ex;
				}
			}
		};
		try (StreamServer server = Streams.startServer(proxy, "127.0.0.1", port)) {
			server.serveForever();
		}
	}

}
