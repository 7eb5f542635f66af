package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.streams.flow.FlowControl;
import io.streams.flow.WaterMarks;
import io.streams.loop.LoopThreads;
import io.streams.memory.MemoryAddress;
import io.streams.nio.NioTransportFactory;
import io.streams.transport.BindFailedException;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.TransportFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Bad arguments and misuse: each is refused with an error of the right type that says
 * what is wrong, and nothing is left open.
 */
@ExtendWith(StreamsInvariants.class)
@Timeout(10)
class MisuseTests {

	private static final Class<?> ARGUMENT = IllegalArgumentException.class;

	private static final Class<?> STATE = IllegalStateException.class;

	private static final ConnectionHandler HANDLER = (reader, writer) -> {
	};

	@TempDir
	Path directory;

	/** Each misuse with the error, and the advice that the error gives. */
	static Stream<Arguments> refusals() {
		return Stream.of(badOptions(), badTransportOptions(), badReads(), badCalls(), badAddresses())
			.flatMap(List::stream);
	}

	private static List<Arguments> badOptions() {
		return List.of(
				refusal("limit 0", ARGUMENT, "Limit cannot be <= 0", "give the number of bytes of the longest line",
						() -> new StreamReader(0)),
				refusal("server limit -1", ARGUMENT, "but is -1", "give the number of bytes", () -> server().limit(-1)),
				refusal("client limit 0", ARGUMENT, "but is 0", "give the number of bytes", () -> client().limit(0)),
				refusal("limit above 1 GiB", ARGUMENT, "above 1 GiB", "read long messages in parts",
						() -> new StreamReader(Integer.MAX_VALUE)),
				refusal("low above high", ARGUMENT, "low is 2 and high is 1", "lower the low-water mark or raise",
						() -> new WaterMarks(2, 1)),
				refusal("negative high mark", ARGUMENT, "high is -1", "raise the high-water mark",
						() -> WaterMarks.high(-1)),
				refusal("low mark above a quarter of 2 GiB", ARGUMENT, "low-water mark of 1073741824",
						"give both marks", () -> WaterMarks.low(1 << 30)),
				refusal("blank name", ARGUMENT, "name is blank", "give the name", () -> server().name(" ").build()),
				refusal("no connection", ARGUMENT, "maxConnections is 0", "give 1 or more",
						() -> server().maxConnections(0).build()),
				refusal("no connection per address", ARGUMENT, "maxConnectionsPerAddress is 0", "give 1 or more",
						() -> server().maxConnectionsPerAddress(0).build()),
				refusal("no handshake", ARGUMENT, "maxHandshakes is 0", "give 1 or more",
						() -> server().maxHandshakes(0).build()),
				refusal("backlog 0", ARGUMENT, "backlog is 0", "give 1 or more", () -> server().backlog(0).build()),
				refusal("negative grace", ARGUMENT, "gracePeriod is PT-1S", "give 0",
						() -> server().gracePeriod(Duration.ofSeconds(-1)).build()),
				refusal("no patience", ARGUMENT, "maxPausedTime is PT0S", "give a time above zero",
						() -> SlowConsumerPolicy.abortAfter(Duration.ZERO)),
				refusal("connect timeout 0", ARGUMENT, "connect timeout is PT0S", "give a time above zero",
						() -> client().timeout(Duration.ZERO).build()),
				refusal("happy eyeballs 0", ARGUMENT, "happyEyeballsDelay is PT0S", "give a time above zero",
						() -> client().happyEyeballsDelay(Duration.ZERO).build()),
				refusal("interleave -1", ARGUMENT, "interleave is -1", "give 0", () -> client().interleave(-1).build()),
				refusal("negative loops", ARGUMENT, "loops is -1", "give 0 for one per processor",
						() -> TestLoops.of(-1, LoopThreads.VIRTUAL)),
				refusal("chunk 0", ARGUMENT, "chunk is 0", "give 1 byte or more",
						() -> StreamPair.create(0, StreamListener.NONE)));
	}

	private static List<Arguments> badTransportOptions() {
		return List.of(
				refusal("idle timeout 0", ARGUMENT, "idleTimeout is PT0S", "give a time above zero, or none",
						() -> TestNetwork.transportOptions((options) -> options.idleTimeout(Duration.ZERO))),
				refusal("negative half-closed timeout", ARGUMENT, "halfClosedTimeout is PT-1S",
						"give a time above zero, or none",
						() -> TestNetwork
							.transportOptions((options) -> options.halfClosedTimeout(Duration.ofSeconds(-1)))),
				refusal("write stall timeout 0", ARGUMENT, "writeStallTimeout is PT0S",
						"give a time above zero, or none",
						() -> TestNetwork.transportOptions((options) -> options.writeStallTimeout(Duration.ZERO))),
				refusal("close timeout 0", ARGUMENT, "closeTimeout is PT0S", "give a time above zero",
						() -> TestNetwork.transportOptions((options) -> options.closeTimeout(Duration.ZERO))),
				refusal("negative linger timeout", ARGUMENT, "lingerTimeout is PT-1S", "give 0 to close at once",
						() -> TestNetwork.transportOptions((options) -> options.lingerTimeout(Duration.ofSeconds(-1)))),
				refusal("negative cap", ARGUMENT, "maxWriteBuffer is -1", "give 0",
						() -> TestNetwork.transportOptions((options) -> options.maxWriteBuffer(-1))),
				refusal("cap below the mark", ARGUMENT, "below the high-water mark of 65536",
						"raise it, or lower the mark",
						() -> TestNetwork.transportOptions((options) -> options.maxWriteBuffer(1000))),
				refusal("negative send buffer", ARGUMENT, "sendBuffer is -1", "give 0 for the default",
						() -> TestNetwork.transportOptions((options) -> options.sendBuffer(-1))),
				refusal("negative receive buffer", ARGUMENT, "receiveBuffer is -1", "give 0 for the default",
						() -> TestNetwork.transportOptions((options) -> options.receiveBuffer(-1))));
	}

	private static List<Arguments> badReads() {
		StreamReader reader = new StreamReader();
		return List.of(
				refusal("read timeout 0", ARGUMENT, "read timeout is PT0S", "give a time above zero, or null",
						() -> reader.setReadTimeout(Duration.ZERO)),
				refusal("negative readExactly", ARGUMENT, "readExactly size can not be less than zero, but is -1",
						"give 0 or more", () -> reader.readExactly(-1)),
				refusal("negative readExactlyAsync", ARGUMENT, "can not be less than zero", "give 0 or more",
						() -> reader.readExactlyAsync(-1)),
				refusal("no separator", ARGUMENT, "Separator should contain at least one element", "give the one",
						() -> reader.readUntil(List.of())),
				refusal("empty separator", ARGUMENT, "Separator should be at least one-byte string",
						"give the bytes that end a message", () -> reader.readUntil(new byte[0])),
				refusal("one empty separator", ARGUMENT, "at least one-byte string", "give the bytes",
						() -> reader.readUntilAsync(List.of(new byte[1], new byte[0]))),
				refusal("skip until an empty separator", ARGUMENT, "at least one-byte string", "give the bytes",
						() -> reader.skipUntilAsync(new byte[0])),
				refusal("read-only buffer", ARGUMENT, "read-only", "give one that can be written",
						() -> reader.read(ByteBuffer.allocate(1).asReadOnlyBuffer())),
				refusal("a second reader", STATE, "already waiting for incoming data",
						"let that read finish, or cancel", () -> {
							StreamReader busy = new StreamReader();
							busy.readLineAsync();
							busy.readLine();
						}),
				refusal("a read on the event loop", STATE, "readLine would block the event loop", "call readLineAsync",
						() -> {
							RecordingTransport transport = new RecordingTransport();
							transport.setEventLoop(true);
							ReaderFeed onLoopFeed = ReaderFeed.create();
							StreamReader onLoop = onLoopFeed.reader();
							onLoopFeed.setTransport(transport);
							onLoop.readLine();
						}));
	}

	private static List<Arguments> badCalls() {
		return List
			.of(refusal("feed after the end", STATE, "feedData after feedEof", "call feedEof after the last", () -> {
				ReaderFeed endedFeed = ReaderFeed.create();
				StreamReader ended = endedFeed.reader();
				endedFeed.feedEof();
				endedFeed.feedData(new byte[1]);
			}), refusal("two transports", STATE, "Transport already set", "make a new reader", () -> {
				ReaderFeed tiedFeed = ReaderFeed.create();
				StreamReader tied = tiedFeed.reader();
				tiedFeed.setTransport(new RecordingTransport());
				tiedFeed.setTransport(new RecordingTransport());
			}), refusal("a protocol without a connection", STATE, "there is no connection before connectionMade",
					"ask when the transport has called it",
					() -> new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
					}).connection()), refusal("a write after the end", STATE, "Cannot call write() after writeEof()",
							"write first", () -> withPair((writer) -> {
								writer.writeEof();
								writer.write(new byte[1]);
							})),
					refusal("a bad range", IndexOutOfBoundsException.class, "2 + 2", "out of bounds for length 3",
							() -> withPair((writer) -> writer.write(new byte[3], 2, 2))),
					refusal("a pause within a pause", STATE, "already paused", "alternate", () -> {
						FlowControl flow = new FlowControl(Runnable::run);
						flow.pauseWriting();
						flow.pauseWriting();
					}),
					refusal("a resume of nothing", STATE, "not paused", "alternate",
							() -> new FlowControl(Runnable::run).resumeWriting()),
					refusal("nobody to connect", NullPointerException.class, "connected is null", "give what is called",
							() -> new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, null)),
					refusal("no handler", NullPointerException.class, "handler is null",
							"give the method that speaks with each client",
							() -> Streams.startServer((ConnectionHandler) null, "127.0.0.1", 0)),
					refusal("no asynchronous handler", NullPointerException.class, "handler is null", "give the method",
							() -> Streams.startAsyncServer((AsyncConnectionHandler) null, "127.0.0.1", 0)));
	}

	private static List<Arguments> badAddresses() {
		return List.of(
				refusal("no address", ARGUMENT, "has no address", "give at least one",
						() -> Streams.startServer(HANDLER, List.of(), server().build())),
				refusal("port 70000", ARGUMENT, "port is 70000", "give 0 to have the system choose one, or 1 to 65535",
						() -> Streams.startServer(HANDLER, "127.0.0.1", 70_000)),
				refusal("port -1", ARGUMENT, "port is -1", "give 0", () -> Streams.startServer(HANDLER, null, -1)),
				refusal("connect to port 70000", ARGUMENT, "port is 70000", "give the one on which the server listens",
						() -> Streams.openConnection("127.0.0.1", 70_000)),
				refusal("connect to port 0", ARGUMENT, "port is 0", "1 to 65535",
						() -> Streams.openConnectionAsync("127.0.0.1", 0, client().build())),
				refusal("an address of another network", IOException.class, "MemoryAddress",
						"give the options the transports that know it",
						() -> Streams.openConnection(MemoryAddress.of("x"), client().build())),
				refusal("a host without an address", IOException.class, "no-such-host.invalid", "",
						() -> Streams.startServer(HANDLER, "no-such-host.invalid", 0)),
				refusal("an address that is not ours", BindFailedException.class, "192.0.2.1", "",
						() -> Streams.startServer(HANDLER, "192.0.2.1", 0)),
				refusal("an unresolved address", BindFailedException.class, "unknown host", "no-such-host.invalid",
						() -> Streams.startServer(HANDLER,
								List.of(InetSocketAddress.createUnresolved("no-such-host.invalid", 1)),
								server().build())),
				refusal("a Unix socket without a name", BindFailedException.class, "path", "",
						() -> Streams.startUnixServer(HANDLER, Path.of(""))),
				refusal("connect to a Unix socket without a name", ConnectFailedException.class, "", "",
						() -> Streams.openUnixConnection(Path.of(""))));
	}

	private static void withPair(Consumer<StreamWriter> misuse) {
		try (StreamPair pair = StreamPair.create()) {
			misuse.accept(pair.left().writer());
		}
	}

	@ParameterizedTest
	@MethodSource
	void refusals(Class<?> type, String wrong, String instead, ThrowingCallable misuse) {
		assertThatThrownBy(misuse).isInstanceOf(type).hasMessageContaining(wrong).hasMessageContaining(instead);
	}

	@Test
	void aServerIsToldWhatToDoInItsState() throws Exception {
		StreamServer server = Streams.startServer(HANDLER, "127.0.0.1", 0, server().name("shop").build());
		Thread serving = Thread.ofVirtual().start(() -> {
			try {
				server.serveForever();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		await().until(() -> serving.getState() == Thread.State.WAITING);
		assertThatThrownBy(server::serveForever).isInstanceOf(STATE)
			.hasMessage("server 'shop' is already being awaited on serveForever(): call waitClosed to wait for its end"
					+ " as well");
		server.close();
		serving.join();
		assertThatThrownBy(server::startServing).isInstanceOf(STATE)
			.hasMessage("server 'shop' is closed: start a new one");
		assertThatThrownBy(server::serveForever).isInstanceOf(STATE)
			.hasMessage("server 'shop' is closed: start a new one");
	}

	/** No loop knows of it before. */
	@Test
	void aFactoryClosesListenersThatWereNeverStarted() throws IOException {
		TransportFactory transports = Streams.newTransports(TestLoops.of(1, LoopThreads.VIRTUAL));
		Path path = this.directory.resolve("never");
		StreamServer server = Streams.startUnixServer(HANDLER, path,
				server().transports(transports).startServing(false).build());
		assertThat(path).exists();
		transports.close();
		assertThat(path).doesNotExist();
		assertThat(server.isServing()).isFalse();
	}

	/** Between two tries it has no socket by which the loop would know of it. */
	@Test
	void aFactoryEndsAnAttemptThatWaitsForAFullBacklog() throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(this.directory.resolve("full"));
		try (ServerSocketChannel full = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			full.bind(address, 1);
			List<SocketChannel> waiting = fill(address);
			TransportFactory transports = Streams.newTransports(TestLoops.of(1, LoopThreads.VIRTUAL));
			CompletableFuture<StreamConnection> attempt = Streams.openConnectionAsync(address,
					client().transports(transports).build());
			assertThat(attempt).isNotDone();
			transports.close();
			assertThat(attempt).failsWithin(Duration.ofSeconds(5));
			for (SocketChannel channel : waiting) {
				channel.close();
			}
		}
	}

	private static List<SocketChannel> fill(UnixDomainSocketAddress address) throws IOException {
		List<SocketChannel> waiting = new ArrayList<>();
		while (true) {
			SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			channel.configureBlocking(false);
			try {
				channel.connect(address);
				waiting.add(channel);
			}
			catch (IOException ex) {
				channel.close();
				return waiting;
			}
		}
	}

	@Test
	void aClosedFactoryMakesNothing() throws IOException {
		TransportFactory closed = NioTransportFactory.create(TestLoops.of(1, LoopThreads.VIRTUAL));
		StreamServer server = Streams.startServer(HANDLER, "127.0.0.1", 0, server().transports(closed).build());
		InetSocketAddress address = (InetSocketAddress) server.addresses().getFirst();
		closed.close();
		assertThatThrownBy(() -> Streams.startServer(HANDLER, "127.0.0.1", 0, server().transports(closed).build()))
			.hasMessageContaining("the transport factory is closed");
		Path path = this.directory.resolve("socket");
		assertThatThrownBy(() -> Streams.startUnixServer(HANDLER, path, server().transports(closed).build()))
			.hasMessageContaining("the transport factory is closed");
		assertThat(path).doesNotExist();
		assertThatThrownBy(
				() -> Streams.openConnection("127.0.0.1", address.getPort(), client().transports(closed).build()))
			.hasMessageContaining("the transport factory is closed");
		assertThatThrownBy(() -> RawClient.connect(address).close()).isInstanceOf(IOException.class);
	}

	@Test
	void aBufferThatCannotBeWrittenIsRefusedBeforeTheWait() throws Exception {
		try (StreamPair pair = StreamPair.create()) {
			CompletableFuture<Throwable> failure = new CompletableFuture<>();
			Thread.ofVirtual().start(() -> {
				try {
					pair.left().reader().read(ByteBuffer.allocate(10).asReadOnlyBuffer());
					failure.complete(null);
				}
				catch (IOException | RuntimeException ex) {
					failure.complete(ex);
				}
			});
			assertThat(failure.get(1, TimeUnit.SECONDS)).isInstanceOf(RuntimeException.class);
			pair.right().writer().write(new byte[] { 'x', '\n' });
			assertThat(pair.left().reader().readLine()).containsExactly('x', '\n');
		}
	}

	@Test
	@ExpectedLog(value = "Unhandled exception in the handler", times = 1)
	void anAsynchronousHandlerThatReturnsNothingIsToldSo() throws IOException {
		RecordingListener events = new RecordingListener();
		TestNetwork network = new TestNetwork(TransportKind.TCP, this.directory)
			.with((options) -> options.listener(events));
		try (network) {
			RawClient client = network.connectRaw(network.serveAsync((reader, writer) -> null));
			assertThat(client.readToEnd()).isEmpty();
			assertThat(events.events("failed")).singleElement()
				.satisfies((event) -> assertThat(event.cause()).hasMessageContaining("returned null: return a stage"));
		}
	}

	@Test
	void aUnixAddressIsNoHost() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> Streams.startServer(HANDLER,
				List.of(UnixDomainSocketAddress.of(this.directory.resolve("a").resolve("b"))), server().build()));
	}

	private static Arguments refusal(String name, Class<?> type, String wrong, String instead,
			ThrowingCallable misuse) {
		return argumentSet(name, type, wrong, instead, misuse);
	}

	private static ServerOptions.Builder server() {
		return ServerOptions.builder().transports(TestNetwork.TRANSPORTS);
	}

	private static ConnectOptions.Builder client() {
		return ConnectOptions.builder().transports(TestNetwork.TRANSPORTS);
	}

}
