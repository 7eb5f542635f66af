/**
 * Readers, writers, servers and clients with back-pressure, after asyncio's streams.
 * Start with {@link io.streams.Streams}.
 */
@SuppressWarnings("module") // The modules named in "to" depend on this one, so they are absent when it is compiled
module io.streams {

	// The users of Unix sockets, and socket options
	requires jdk.net;
	requires jdk.jfr;
	requires org.slf4j;

	requires static transitive org.jspecify;

	exports io.streams;
	exports io.streams.flow;
	exports io.streams.loop;
	exports io.streams.memory;
	exports io.streams.nio;
	exports io.streams.tls;
	exports io.streams.transport;

	exports io.streams.buffer to io.streams.spring.boot.autoconfigure;
	exports io.streams.socket to io.streams.epoll;

	uses io.streams.loop.TransportFactoryProvider;

}
