package io.streams.programs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.streams.StreamConnection;
import io.streams.Streams;

final class LineClient {

	static String ask(StreamConnection connection, String question) throws IOException {
		connection.writer().write(question + "\n", StandardCharsets.UTF_8);
		connection.writer().drain();
		String answer = connection.reader().readLine(StandardCharsets.UTF_8);
		if (!answer.endsWith("\n")) {
			throw new IOException("the server has gone");
		}
		return answer.stripTrailing();
	}

	static void main(int port) throws IOException {
		try (StreamConnection connection = Streams.openConnection("127.0.0.1", port)) {
			connection.reader().setReadTimeout(Duration.ofSeconds(5));
			int number = Integer.parseInt(ask(connection, "how many?"));
			ask(connection, (number + 1) + ", please");
		}
	}

}
