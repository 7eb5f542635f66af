package io.streams.benchmarks.contestant;

import java.util.concurrent.CompletableFuture;

import io.streams.StreamWriter;
import io.streams.benchmarks.workload.Chunk;

import org.jspecify.annotations.Nullable;

/**
 * Sends chunks on the event loop.
 */
final class AsyncSend extends AsyncLoop<@Nullable Void> {

	private static final byte[] CHUNK = Chunk.bytes();

	private final StreamWriter writer;

	AsyncSend(StreamWriter writer) {
		this.writer = writer;
	}

	@Override
	CompletableFuture<@Nullable Void> next() {
		this.writer.write(CHUNK);
		return this.writer.drainAsync();
	}

	@Override
	boolean accept(@Nullable Void result) {
		return !this.writer.isClosing();
	}

}
