package io.streams;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.streams.flow.WaterMarks;
import io.streams.nio.LoopOptions;
import io.streams.nio.LoopThreads;
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

	static Stream<Arguments> refusals() {
		StreamReader reader = new StreamReader();
		return Stream.of(refusal("limit 0", ARGUMENT, "Limit cannot be <= 0", () -> new StreamReader(0)),
				refusal("server limit -1", ARGUMENT, "but is -1", () -> server().limit(-1)),
				refusal("client limit 0", ARGUMENT, "but is 0", () -> client().limit(0)),
				refusal("limit above 1 GiB", ARGUMENT, "above 1 GiB", () -> new StreamReader(Integer.MAX_VALUE)),
				refusal("low above high", ARGUMENT, "low is 2 and high is 1", () -> new WaterMarks(2, 1)),
				refusal("negative high mark", ARGUMENT, "high is -1", () -> WaterMarks.high(-1)),
				refusal("blank name", ARGUMENT, "name is blank", () -> server().name(" ").build()),
				refusal("no connection", ARGUMENT, "maxConnections is 0", () -> server().maxConnections(0).build()),
				refusal("backlog 0", ARGUMENT, "backlog is 0", () -> server().backlog(0).build()),
				refusal("negative grace", ARGUMENT, "gracePeriod is PT-1S",
						() -> server().gracePeriod(Duration.ofSeconds(-1)).build()),
				refusal("connect timeout 0", ARGUMENT, "connect timeout is PT0S",
						() -> client().timeout(Duration.ZERO).build()),
				refusal("happy eyeballs 0", ARGUMENT, "happyEyeballsDelay is PT0S",
						() -> client().happyEyeballsDelay(Duration.ZERO).build()),
				refusal("interleave -1", ARGUMENT, "interleave is -1", () -> client().interleave(-1).build()),
				refusal("idle timeout 0", ARGUMENT, "idleTimeout is PT0S",
						() -> TestNetwork.settings((settings) -> settings.idleTimeout(Duration.ZERO))),
				refusal("negative half-closed timeout", ARGUMENT, "halfClosedTimeout is PT-1S",
						() -> TestNetwork.settings((settings) -> settings.halfClosedTimeout(Duration.ofSeconds(-1)))),
				refusal("write stall timeout 0", ARGUMENT, "writeStallTimeout is PT0S",
						() -> TestNetwork.settings((settings) -> settings.writeStallTimeout(Duration.ZERO))),
				refusal("close timeout 0", ARGUMENT, "closeTimeout is PT0S",
						() -> TestNetwork.settings((settings) -> settings.closeTimeout(Duration.ZERO))),
				refusal("negative linger timeout", ARGUMENT, "lingerTimeout is PT-1S",
						() -> TestNetwork.settings((settings) -> settings.lingerTimeout(Duration.ofSeconds(-1)))),
				refusal("negative cap", ARGUMENT, "maxWriteBuffer is -1",
						() -> TestNetwork.settings((settings) -> settings.maxWriteBuffer(-1))),
				refusal("cap below the mark", ARGUMENT, "below the high-water mark of 65536",
						() -> TestNetwork.settings((settings) -> settings.maxWriteBuffer(1000))),
				refusal("negative send buffer", ARGUMENT, "sendBuffer is -1",
						() -> TestNetwork.settings((settings) -> settings.sendBuffer(-1))),
				refusal("negative receive buffer", ARGUMENT, "receiveBuffer is -1",
						() -> TestNetwork.settings((settings) -> settings.receiveBuffer(-1))),
				refusal("negative loops", ARGUMENT, "loops is -1", () -> new LoopOptions(-1, LoopThreads.VIRTUAL)),
				refusal("chunk 0", ARGUMENT, "chunk is 0", () -> StreamPair.create(0, StreamListener.NONE)),
				refusal("no address", ARGUMENT, "has no address",
						() -> Streams.startServer(HANDLER, List.of(), server().build())),
				refusal("port 70000", ARGUMENT, "70000", () -> Streams.startServer(HANDLER, "127.0.0.1", 70_000)),
				refusal("port -1", ARGUMENT, "-1", () -> Streams.startServer(HANDLER, null, -1)),
				refusal("connect to port 70000", ARGUMENT, "70000", () -> Streams.openConnection("127.0.0.1", 70_000)),
				refusal("read timeout 0", ARGUMENT, "read timeout is PT0S", () -> reader.setReadTimeout(Duration.ZERO)),
				refusal("negative readExactly", ARGUMENT, "readExactly size can not be less than zero",
						() -> reader.readExactly(-1)),
				refusal("negative readExactlyAsync", ARGUMENT, "can not be less than zero",
						() -> reader.readExactlyAsync(-1)),
				refusal("no separator", ARGUMENT, "Separator should contain at least one element",
						() -> reader.readUntil(List.of())),
				refusal("empty separator", ARGUMENT, "Separator should be at least one-byte string",
						() -> reader.readUntil(new byte[0])),
				refusal("one empty separator", ARGUMENT, "at least one-byte string",
						() -> reader.readUntilAsync(List.of(new byte[1], new byte[0]))),
				refusal("feed after the end", STATE, "feedData after feedEof", () -> {
					StreamReader ended = new StreamReader();
					ended.feedEof();
					ended.feedData(new byte[1]);
				}), refusal("two transports", STATE, "Transport already set", () -> {
					StreamReader tied = new StreamReader();
					tied.setTransport(new RecordingTransport());
					tied.setTransport(new RecordingTransport());
				}), refusal("a protocol without a connection", STATE, "there is no connection before connectionMade",
						() -> new StreamReaderProtocol(new StreamReader(), StreamListener.NONE, (connection) -> {
						}).connection()),
				refusal("a bad range", IndexOutOfBoundsException.class, "", () -> {
					try (StreamPair pair = StreamPair.create()) {
						pair.left().writer().write(new byte[3], 2, 2);
					}
				}),
				refusal("a host without an address", IOException.class, "no-such-host.invalid",
						() -> Streams.startServer(HANDLER, "no-such-host.invalid", 0)),
				refusal("an address that is not ours", BindFailedException.class, "192.0.2.1",
						() -> Streams.startServer(HANDLER, "192.0.2.1", 0)),
				refusal("an unresolved address", BindFailedException.class, "unknown host",
						() -> Streams.startServer(HANDLER,
								List.of(InetSocketAddress.createUnresolved("no-such-host.invalid", 1)),
								server().build())),
				refusal("a Unix socket without a name", BindFailedException.class, "path",
						() -> Streams.startUnixServer(HANDLER, Path.of(""))),
				refusal("connect to a Unix socket without a name", ConnectFailedException.class, "",
						() -> Streams.openUnixConnection(Path.of(""))));
	}

	@ParameterizedTest
	@MethodSource
	void refusals(Class<?> type, String part, ThrowingCallable misuse) {
		assertThatThrownBy(misuse).isInstanceOf(type).hasMessageContaining(part);
	}

	@Test
	void aClosedFactoryMakesNothing() throws IOException {
		TransportFactory closed = NioTransportFactory.create(new LoopOptions(1, LoopThreads.VIRTUAL));
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
				.satisfies((event) -> assertThat(event.cause()).hasMessageContaining("null"));
		}
	}

	@Test
	void aUnixAddressIsNoHost() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> Streams.startServer(HANDLER,
				List.of(UnixDomainSocketAddress.of(this.directory.resolve("a").resolve("b"))), server().build()));
	}

	private static Arguments refusal(String name, Class<?> type, String part, ThrowingCallable misuse) {
		return argumentSet(name, type, part, misuse);
	}

	private static ServerOptions.Builder server() {
		return ServerOptions.builder().transports(TestNetwork.TRANSPORTS);
	}

	private static ConnectOptions.Builder client() {
		return ConnectOptions.builder().transports(TestNetwork.TRANSPORTS);
	}

}
