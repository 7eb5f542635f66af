package io.streams.benchmarks.contestant;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;

import io.streams.AsyncConnectionHandler;
import io.streams.ConnectionHandler;
import io.streams.ServerOptions;
import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;
import io.streams.benchmarks.workload.Chunk;
import io.streams.benchmarks.workload.Service;
import io.streams.epoll.EpollTransportFactory;
import io.streams.loop.LoopOptions;
import io.streams.loop.LoopThreads;
import io.streams.nio.NioTransportFactory;
import io.streams.tls.TlsOptions;
import io.streams.transport.TransportFactory;

/**
 * This library, with its defaults but for the kind of loop and handler.
 */
final class StreamsServer implements ContestantServer {

	private static final String NAME = "benchmark";

	private static final byte[] CHUNK = Chunk.bytes();

	private final LoopThreads threads;

	private final boolean async;

	private final StreamListener listener;

	private final Function<LoopOptions, TransportFactory> transports;

	private StreamsServer(LoopThreads threads, boolean async, StreamListener listener) {
		this(threads, async, listener, NioTransportFactory::create);
	}

	private StreamsServer(LoopThreads threads, boolean async, StreamListener listener,
			Function<LoopOptions, TransportFactory> transports) {
		this.threads = threads;
		this.async = async;
		this.listener = listener;
		this.transports = transports;
	}

	static StreamsServer epoll() {
		return new StreamsServer(LoopThreads.VIRTUAL, false, StreamListener.NONE, EpollTransportFactory::create);
	}

	static StreamsServer asynchronousEpoll() {
		return new StreamsServer(LoopThreads.VIRTUAL, true, StreamListener.NONE, EpollTransportFactory::create);
	}

	static StreamsServer epollCarrier() {
		return new StreamsServer(LoopThreads.CARRIER, false, StreamListener.NONE, EpollTransportFactory::create);
	}

	static StreamsServer blocking() {
		return new StreamsServer(LoopThreads.VIRTUAL, false, StreamListener.NONE);
	}

	static StreamsServer asynchronous() {
		return new StreamsServer(LoopThreads.VIRTUAL, true, StreamListener.NONE);
	}

	static StreamsServer platform() {
		return new StreamsServer(LoopThreads.PLATFORM, false, StreamListener.NONE);
	}

	static StreamsServer carrier() {
		return new StreamsServer(LoopThreads.CARRIER, false, StreamListener.NONE);
	}

	/** With all listeners that an application with the starter and its actuator has. */
	static StreamsServer visible() {
		return new StreamsServer(LoopThreads.VIRTUAL, false, StarterListeners.create(NAME));
	}

	@Override
	public int start(Service service, int loops) throws IOException {
		ServerOptions options = ServerOptions.builder()
			.name(NAME)
			.listener(this.listener)
			.backlog(BACKLOG)
			.transports(this.transports.apply(LoopOptions.builder().loops(loops).threads(this.threads).build()))
			.tls(service.isTls() ? TlsOptions.builder(ServerIdentity.create().context()).build() : null)
			.build();
		StreamServer server = this.async ? Streams.startAsyncServer(asyncHandler(service), HOST, 0, options)
				: Streams.startServer(handler(service), HOST, 0, options);
		return server.port();
	}

	private static ConnectionHandler handler(Service service) {
		return switch (service) {
			case ECHO, ECHO_TLS -> StreamsServer::echo;
			case SEND -> StreamsServer::send;
			case RECEIVE -> StreamsServer::receive;
			case RESP -> throw new UnsupportedOperationException();
		};
	}

	private static AsyncConnectionHandler asyncHandler(Service service) {
		return switch (service) {
			case ECHO, ECHO_TLS -> (reader, writer) -> new AsyncEcho(reader, writer).start();
			case SEND -> (reader, writer) -> new AsyncSend(writer).start();
			case RECEIVE -> (reader, writer) -> new AsyncReceive(reader, writer).start();
			case RESP -> throw new UnsupportedOperationException();
		};
	}

	private static void echo(StreamReader reader, StreamWriter writer) throws IOException {
		for (byte[] line; (line = reader.readLine()).length > 0;) {
			writer.write(line);
			writer.drain();
		}
	}

	private static void send(StreamReader reader, StreamWriter writer) throws IOException {
		while (!writer.isClosing()) {
			writer.write(CHUNK);
			writer.drain();
		}
	}

	private static void receive(StreamReader reader, StreamWriter writer) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(Chunk.SIZE);
		Acknowledgements acknowledgements = new Acknowledgements();
		for (int n; (n = reader.read(buffer.clear())) >= 0;) {
			if (acknowledgements.isDueAfter(n)) {
				writer.write(Acknowledgements.ACKNOWLEDGEMENT);
				writer.drain();
			}
		}
	}

}
