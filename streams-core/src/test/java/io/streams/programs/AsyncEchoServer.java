package io.streams.programs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;

final class AsyncEchoServer {

	static CompletionStage<?> echo(StreamReader reader, StreamWriter writer) {
		return Streams.repeat(() -> reader.awaitInputAsync()
			.thenCompose((more) -> more ? echoLine(reader, writer) : CompletableFuture.completedFuture(false)));
	}

	private static CompletableFuture<Boolean> echoLine(StreamReader reader, StreamWriter writer) {
		return reader.readLineAsync().orTimeout(30, TimeUnit.SECONDS).thenCompose((line) -> {
			writer.write(line);
			return writer.drainAsync();
		}).thenApply((drained) -> true);
	}

	static void main(int port) throws Exception {
		try (StreamServer server = Streams.startAsyncServer(AsyncEchoServer::echo, "127.0.0.1", port)) {
			server.serveForever();
		}
	}

}
