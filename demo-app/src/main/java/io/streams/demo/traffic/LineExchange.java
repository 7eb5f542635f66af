package io.streams.demo.traffic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.streams.StreamReader;
import io.streams.StreamWriter;

/**
 * Sends a few lines at once, reads the same number of answers, and rests.
 *
 * @param lines how many lines at once
 * @param rest how long to rest
 */
record LineExchange(int lines, Duration rest) implements Conversation {

	@Override
	public void hold(StreamReader reader, StreamWriter writer, StopSignal stop)
			throws IOException, InterruptedException {
		for (long round = 1;; round++) {
			for (int i = 0; i < this.lines; i++) {
				writer.write(("round " + round + ", line " + i + "\n").getBytes(StandardCharsets.US_ASCII));
			}
			writer.drain();
			for (int i = 0; i < this.lines; i++) {
				if (reader.readLine().length == 0) {
					return;
				}
			}
			stop.pause(this.rest);
		}
	}

}
