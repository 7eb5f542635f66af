package io.streams.benchmarks.contestant;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.streams.benchmarks.workload.Chunk;
import io.streams.benchmarks.workload.Service;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;

/**
 * Vert.x as its manual has it: a verticle for each event loop, the native transport, its
 * record parser for lines, and the write queue's signals for back-pressure.
 */
final class VertxServer implements ContestantServer {

	private static final long START_SECONDS = 10;

	@Override
	public int start(Service service, int loops) throws Exception {
		Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(loops));
		AtomicInteger port = new AtomicInteger();
		vertx.deployVerticle(() -> new Verticle(service, port), new DeploymentOptions().setInstances(loops))
			.toCompletionStage()
			.toCompletableFuture()
			.get(START_SECONDS, TimeUnit.SECONDS);
		if (!vertx.isNativeTransportEnabled()) {
			throw new IllegalStateException(
					"Vert.x has no native transport: " + vertx.unavailableNativeTransportCause());
		}
		return port.get();
	}

	private static void serve(Service service, NetSocket socket) {
		switch (service) {
			case ECHO -> echo(socket);
			case SEND -> {
				Buffer chunk = Buffer.buffer(Chunk.bytes());
				socket.drainHandler((drained) -> send(socket, chunk));
				send(socket, chunk);
			}
			case RECEIVE -> receive(socket);
			case ECHO_TLS, RESP -> throw new UnsupportedOperationException();
		}
	}

	private static void echo(NetSocket socket) {
		RecordParser lines = RecordParser.newDelimited("\n", (line) -> {
			socket.write(line.appendByte((byte) '\n'));
			if (socket.writeQueueFull()) {
				socket.pause();
				socket.drainHandler((drained) -> socket.resume());
			}
		});
		socket.handler(lines);
	}

	private static void send(NetSocket socket, Buffer chunk) {
		while (!socket.writeQueueFull()) {
			socket.write(chunk);
		}
	}

	private static void receive(NetSocket socket) {
		Acknowledgements acknowledgements = new Acknowledgements();
		socket.handler((bytes) -> {
			if (acknowledgements.isDueAfter(bytes.length())) {
				socket.write(Buffer.buffer(Acknowledgements.ACKNOWLEDGEMENT));
			}
		});
	}

	/** A server on one event loop; all of them share a port. */
	private static final class Verticle extends VerticleBase {

		private final Service service;

		private final AtomicInteger port;

		Verticle(Service service, AtomicInteger port) {
			this.service = service;
			this.port = port;
		}

		@Override
		public Future<?> start() {
			NetServerOptions options = new NetServerOptions().setHost(HOST)
				// Negative: the same free port for all instances.
				.setPort(-1)
				.setAcceptBacklog(BACKLOG)
				.setTcpNoDelay(true);
			return this.vertx.createNetServer(options)
				.connectHandler((socket) -> serve(this.service, socket))
				.listen()
				.onSuccess((server) -> this.port.set(server.actualPort()));
		}

	}

}
