package io.streams.demo.traffic;

import java.io.IOException;
import java.time.Duration;

import io.streams.StreamReader;
import io.streams.StreamWriter;

/**
 * Reads some bytes, and rests.
 *
 * @param bytes how many bytes at once
 * @param rest how long to rest
 */
record PacedReading(int bytes, Duration rest) implements Conversation {

	@Override
	public void hold(StreamReader reader, StreamWriter writer, StopSignal stop)
			throws IOException, InterruptedException {
		while (true) {
			for (int remaining = this.bytes; remaining > 0;) {
				int count = reader.read(remaining).length;
				if (count == 0) {
					return;
				}
				remaining -= count;
			}
			stop.pause(this.rest);
		}
	}

}
