package io.streams.benchmarks.contestant;

import java.util.concurrent.CompletableFuture;

import io.streams.StreamReader;
import io.streams.StreamWriter;

import org.jspecify.annotations.Nullable;

/**
 * Echoes lines on the event loop.
 */
final class AsyncEcho extends AsyncLoop<byte[]> {

	private final StreamReader reader;

	private final StreamWriter writer;

	AsyncEcho(StreamReader reader, StreamWriter writer) {
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	CompletableFuture<byte[]> next() {
		CompletableFuture<@Nullable Void> drained = this.writer.drainAsync();
		return drained.isDone() ? this.reader.readLineAsync()
				: drained.thenCompose((nothing) -> this.reader.readLineAsync());
	}

	@Override
	boolean accept(byte[] line) {
		if (line.length == 0) {
			return false;
		}
		this.writer.write(line);
		return true;
	}

}
