package io.streams.tls;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.streams.StreamConnection;
import io.streams.StreamListener;
import io.streams.StreamReader;
import io.streams.StreamReaderProtocol;
import io.streams.memory.MemoryEnd;
import io.streams.transport.Protocol;
import io.streams.transport.Transport;

/**
 * Two connections that speak TLS to each other in memory.
 */
record TlsPair(StreamConnection client, StreamConnection server, Transport belowClient,
		Transport belowServer) implements AutoCloseable {

	private static final TlsOptions SERVER = TlsOptions.builder(TestIdentity.SERVER.context()).build();

	static TlsPair open(String version, int chunk, UnaryOperator<Protocol> between) throws Exception {
		StreamReaderProtocol client = newProtocol();
		StreamReaderProtocol server = newProtocol();
		Transport[] ends = open(version, chunk, client, server, between);
		return new TlsPair(client.connection(), server.connection(), ends[0], ends[1]);
	}

	/**
	 * Connects two protocols, and returns the transports below TLS, the client's first.
	 */
	static Transport[] open(String version, int chunk, Protocol client, Protocol server,
			UnaryOperator<Protocol> between) throws Exception {
		MemoryEnd[] ends = MemoryEnd.pair(chunk);
		TlsOptions options = TlsOptions.builder(TestIdentity.trusting()).protocols(List.of(version)).build();
		TlsTransport left = TlsTransport.client(options, "localhost", 443, client, HandshakeListener.NONE);
		TlsTransport right = TlsTransport.server(SERVER, server, HandshakeListener.NONE);
		Transport belowServer = ends[1].open(between.apply(right));
		Transport belowClient = ends[0].open(between.apply(left));
		left.handshake().get(20, TimeUnit.SECONDS);
		right.handshake().get(20, TimeUnit.SECONDS);
		return new Transport[] { belowClient, belowServer };
	}

	static StreamReaderProtocol newProtocol() {
		return new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
		});
	}

	@Override
	public void close() {
		this.client.abort();
		this.server.abort();
	}

}
