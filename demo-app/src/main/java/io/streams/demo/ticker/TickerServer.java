package io.streams.demo.ticker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import io.streams.StreamConnection;
import io.streams.StreamWriter;
import io.streams.spring.handler.StreamHandler;

import org.springframework.stereotype.Component;

/**
 * Tells the time, without a pause. The client alone sets the pace: {@code drain} waits
 * until it has read, and so it can be seen who is slow.
 */
@Component
class TickerServer {

	private static final String PADDING = " " + ".".repeat(80) + "\n";

	@StreamHandler(server = "ticker", host = "127.0.0.1", port = "9001")
	void onConnect(StreamConnection connection, StreamWriter writer) throws IOException {
		for (long tick = 1; !writer.isClosing() && !connection.isStopping(); tick++) {
			writer.write(line(tick));
			writer.drain();
		}
	}

	private static byte[] line(long tick) {
		return ("tick " + tick + " " + Instant.now() + PADDING).getBytes(StandardCharsets.US_ASCII);
	}

}
