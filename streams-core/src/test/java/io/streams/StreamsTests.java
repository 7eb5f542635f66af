package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.streams.loop.LoopThreads;
import io.streams.loop.TransportFactoryProvider;
import io.streams.transport.TransportFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Tests for {@link Streams}: each form of starting a server and of opening a connection,
 * on each kind of address.
 */
class StreamsTests {

	private static final byte[] LINE = { 'h', 'i', '\n' };

	private static final ServerOptions SERVER = ServerOptions.builder().transports(TestNetwork.TRANSPORTS).build();

	private static final ConnectOptions CLIENT = ConnectOptions.builder().transports(TestNetwork.TRANSPORTS).build();

	private static final ConnectionHandler ECHO = (reader, writer) -> writer.write(reader.readLine());

	private static final AsyncConnectionHandler ASYNC_ECHO = (reader, writer) -> reader.readLineAsync()
		.thenAccept(writer::write);

	@TempDir
	Path directory;

	@ParameterizedTest
	@MethodSource("servers")
	void serverStartsOnEachKindOfAddress(Start start) throws Exception {
		try (StreamServer server = start.on(this.directory.resolve("socket"))) {
			try (StreamConnection client = Streams.openConnection(server.addresses().getFirst(), CLIENT)) {
				assertEchoes(client);
			}
		}
	}

	static Stream<Arguments> servers() {
		return Stream.of(server("host", (path) -> Streams.startServer(ECHO, "127.0.0.1", 0, SERVER)),
				server("address", (path) -> Streams.startServer(ECHO, anyPort(), SERVER)),
				server("addresses", (path) -> Streams.startServer(ECHO, List.of(anyPort(), unix(path)), SERVER)),
				server("channel", (path) -> Streams.startServer(ECHO, boundChannel(), SERVER)),
				server("path", (path) -> Streams.startUnixServer(ECHO, path, SERVER)),
				server("async, host", (path) -> Streams.startAsyncServer(ASYNC_ECHO, "127.0.0.1", 0, SERVER)),
				server("async, address", (path) -> Streams.startAsyncServer(ASYNC_ECHO, anyPort(), SERVER)),
				server("async, addresses",
						(path) -> Streams.startAsyncServer(ASYNC_ECHO, List.of(unix(path), anyPort()), SERVER)),
				server("async, channel", (path) -> Streams.startAsyncServer(ASYNC_ECHO, boundChannel(), SERVER)),
				server("async, path", (path) -> Streams.startAsyncUnixServer(ASYNC_ECHO, path, SERVER)));
	}

	@ParameterizedTest
	@MethodSource("connections")
	void connectionOpensToEachKindOfAddress(Open open) throws Exception {
		Path path = this.directory.resolve("socket");
		try (StreamServer server = Streams.startServer(ECHO, List.of(anyPort(), unix(path)), SERVER)) {
			try (StreamConnection client = open.to(server.port(), path)) {
				assertEchoes(client);
			}
		}
	}

	static Stream<Arguments> connections() {
		return Stream.of(connection("host", (port, path) -> Streams.openConnection("127.0.0.1", port, CLIENT)),
				connection("address", (port, path) -> Streams.openConnection(local(port), CLIENT)),
				connection("addresses", (port, path) -> Streams.openConnection(alsoUnreachable(port), CLIENT)),
				connection("channel", (port, path) -> Streams.openConnection(connectedChannel(port), CLIENT)),
				connection("path", (port, path) -> Streams.openUnixConnection(path, CLIENT)),
				connection("async, host",
						(port, path) -> opened(Streams.openConnectionAsync("127.0.0.1", port, CLIENT))),
				connection("async, address", (port, path) -> opened(Streams.openConnectionAsync(local(port), CLIENT))),
				connection("async, addresses",
						(port, path) -> opened(Streams.openConnectionAsync(alsoUnreachable(port), CLIENT))),
				connection("async, channel",
						(port, path) -> opened(Streams.openConnectionAsync(connectedChannel(port), CLIENT))),
				connection("async, path", (port, path) -> opened(Streams.openUnixConnectionAsync(path, CLIENT))));
	}

	@Test
	void noAddressIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Streams.openConnection(List.of(), CLIENT))
			.withMessageContaining("give at least one");
		assertThatIllegalArgumentException().isThrownBy(() -> Streams.openConnectionAsync(List.of(), CLIENT))
			.withMessageContaining("give at least one");
	}

	@Test
	void asynchronousFormFailsForAChannelThatIsNotConnected() throws Exception {
		SocketChannel channel = SocketChannel.open();
		assertThat(Streams.openConnectionAsync(channel, CLIENT)).failsWithin(5, TimeUnit.SECONDS)
			.withThrowableThat()
			.withMessageContaining("not connected");
		assertThat(channel.isOpen()).isFalse();
	}

	@Test
	void blockingFormsAreRefusedOnTheEventLoop() throws Exception {
		CompletableFuture<StreamConnection> connecting = new CompletableFuture<>();
		try (StreamServer server = Streams.startServer(ECHO, anyPort(), SERVER);
				StreamConnection client = Streams.openConnection(server.addresses().getFirst(), CLIENT)) {
			client.writer().transport().loop().execute(() -> {
				try {
					connecting.complete(Streams.openConnection(List.of(local(1)), CLIENT));
				}
				catch (Exception ex) {
					connecting.completeExceptionally(ex);
				}
			});
			assertThat(connecting).failsWithin(5, TimeUnit.SECONDS)
				.withThrowableThat()
				.withMessageContaining("call openConnectionAsync");
		}
	}

	@Test
	void kindOfSocketsIsChosen() {
		for (SocketKind kind : List.of(SocketKind.AUTOMATIC, SocketKind.NIO)) {
			try (TransportFactory transports = Streams.newTransports(kind, TestLoops.of(1, LoopThreads.VIRTUAL))) {
				assertThat(transports.inEventLoop()).isFalse();
			}
		}
	}

	@Test
	void epollWithoutItsJarIsRefused() {
		boolean epoll = ServiceLoader.load(TransportFactoryProvider.class).findFirst().isPresent();
		assumeFalse(epoll);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> Streams.newTransports(SocketKind.EPOLL, TestLoops.of(1, LoopThreads.VIRTUAL)))
			.withMessageContaining("'epoll'")
			.withMessageContaining("streams-epoll");
	}

	private static void assertEchoes(StreamConnection client) throws Exception {
		client.writer().write(LINE);
		assertThat(client.reader().readLine()).isEqualTo(LINE);
	}

	private static StreamConnection opened(CompletableFuture<StreamConnection> connecting) throws Exception {
		return connecting.get(5, TimeUnit.SECONDS);
	}

	private static InetSocketAddress anyPort() {
		return local(0);
	}

	private static InetSocketAddress local(int port) {
		return new InetSocketAddress("127.0.0.1", port);
	}

	/** No server listens on the first address. */
	private static List<SocketAddress> alsoUnreachable(int port) throws IOException {
		try (ServerSocketChannel closed = boundChannel()) {
			return List.of(closed.getLocalAddress(), local(port));
		}
	}

	private static UnixDomainSocketAddress unix(Path path) {
		return UnixDomainSocketAddress.of(path);
	}

	private static ServerSocketChannel boundChannel() throws IOException {
		return ServerSocketChannel.open().bind(anyPort());
	}

	private static SocketChannel connectedChannel(int port) throws IOException {
		return SocketChannel.open(local(port));
	}

	private static Arguments server(String name, Start start) {
		return argumentSet(name, start);
	}

	private static Arguments connection(String name, Open open) {
		return argumentSet(name, open);
	}

	/** Starts a server, on the path if it is one on a Unix socket. */
	@FunctionalInterface
	interface Start {

		StreamServer on(Path path) throws Exception;

	}

	/** Opens a connection to the port or the path of a server. */
	@FunctionalInterface
	interface Open {

		StreamConnection to(int port, Path path) throws Exception;

	}

}
