package io.streams.benchmarks.contestant;

import java.util.concurrent.CompletableFuture;

import io.streams.StreamReader;
import io.streams.StreamWriter;
import io.streams.benchmarks.workload.Chunk;

/**
 * Takes everything on the event loop.
 */
final class AsyncReceive extends AsyncLoop<byte[]> {

	private final StreamReader reader;

	private final StreamWriter writer;

	private final Acknowledgements acknowledgements = new Acknowledgements();

	AsyncReceive(StreamReader reader, StreamWriter writer) {
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	CompletableFuture<byte[]> next() {
		return this.reader.readAsync(Chunk.SIZE);
	}

	@Override
	boolean accept(byte[] bytes) {
		if (this.acknowledgements.isDueAfter(bytes.length)) {
			this.writer.write(Acknowledgements.ACKNOWLEDGEMENT);
		}
		return bytes.length > 0;
	}

}
