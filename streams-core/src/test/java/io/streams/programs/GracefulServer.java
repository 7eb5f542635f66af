package io.streams.programs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

import io.streams.ReadTimeoutException;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;

final class GracefulServer {

	static void shout(StreamReader reader, StreamWriter writer) throws IOException {
		reader.setReadTimeout(Duration.ofSeconds(60));
		try {
			while (reader.awaitInput()) {
				String text = new String(reader.readLine(), StandardCharsets.US_ASCII);
				writer.write(text.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
				writer.drain();
			}
		}
		catch (ReadTimeoutException ex) {
			writer.write("STILL THERE?\n".getBytes(StandardCharsets.US_ASCII));
		}
	}

	static void stop(StreamServer server) {
		try {
			server.stop(Duration.ofSeconds(1));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	static StreamServer main(int port) throws Exception {
		StreamServer server = Streams.startServer(GracefulServer::shout, "127.0.0.1", port);
		Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
		return server;
	}

}
