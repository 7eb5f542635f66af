package io.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.streams.transport.BindFailedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * The life of a server and what it does about its clients.
 */
@ExtendWith(StreamsInvariants.class)
class StreamServerTests {

	private static final ConnectionHandler HELLO = (reader, writer) -> writer
		.write("hello\n".getBytes(StandardCharsets.ISO_8859_1));

	/** Answers a line with itself. */
	private static final ConnectionHandler ONE_LINE = (reader, writer) -> writer.write(reader.readLine());

	@TempDir
	Path directory;

	private final RecordingListener events = new RecordingListener();

	private TestNetwork network;

	@BeforeEach
	void openNetwork() {
		this.network = new TestNetwork(TransportKind.TCP, this.directory)
			.with((options) -> options.listener(this.events));
	}

	@AfterEach
	void closeNetwork() throws IOException {
		this.network.close();
	}

	@Test
	void listensOnSeveralAddressesOfAnyKind() throws IOException {
		assumeThatThereIsIpv6();
		Path path = this.directory.resolve("several");
		List<SocketAddress> addresses = List.of(new InetSocketAddress("127.0.0.1", 0), new InetSocketAddress("::1", 0),
				UnixDomainSocketAddress.of(path));
		try (StreamServer server = Streams.startServer(HELLO, addresses, this.network.options())) {
			assertThat(server.addresses()).hasSize(3);
			for (SocketAddress address : server.addresses()) {
				try (RawClient client = RawClient.connect(address)) {
					assertThat(client.readToEnd()).isEqualTo("hello\n");
				}
			}
			await().until(() -> server.snapshot().activeConnections() == 0);
			assertThat(server.snapshot().acceptedConnections()).isEqualTo(3);
		}
	}

	@Test
	void withoutAHostBothFamiliesAreServed() throws IOException {
		assumeThatThereIsIpv6();
		try (StreamServer server = Streams.startServer(HELLO, null, 0, this.network.options())) {
			int port = ((InetSocketAddress) server.addresses().getFirst()).getPort();
			for (String host : List.of("127.0.0.1", "::1")) {
				try (RawClient client = RawClient.connect(new InetSocketAddress(host, port))) {
					assertThat(client.readToEnd()).as("reached by %s", host).isEqualTo("hello\n");
				}
			}
		}
	}

	@Test
	void portZeroHasTheSystemChoose() throws IOException {
		StreamServer one = this.network.serve(HELLO);
		StreamServer other = this.network.serve(HELLO);
		assertThat(port(one)).isPositive();
		assertThat(port(other)).isPositive().isNotEqualTo(port(one));
	}

	@Test
	void aPortInUseIsNamedAndNothingStaysOpen() throws IOException {
		StreamServer first = this.network.serve(HELLO);
		int sockets = StreamsInvariants.sockets().size();
		List<SocketAddress> addresses = List.of(new InetSocketAddress("127.0.0.1", 0), first.addresses().getFirst());
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> Streams.startServer(HELLO, addresses, this.network.options()))
			.withMessageContaining("127.0.0.1:" + port(first))
			.withMessageContaining("already in use")
			.satisfies((ex) -> assertThat(ex.address()).isEqualTo(first.addresses().getFirst()));
		await().until(() -> StreamsInvariants.sockets().size() <= sockets);
		assertThat(this.network.connectRaw(first).readToEnd()).isEqualTo("hello\n");
	}

	@Test
	void aClosedServersPortCanBeBoundAtOnce() throws Exception {
		int port = 0;
		for (int i = 0; i < 100; i++) {
			try (StreamServer server = Streams.startServer(HELLO, "127.0.0.1", port, this.network.options())) {
				port = port(server);
				try (RawClient client = RawClient.connect(server.addresses().getFirst())) {
					assertThat(client.readLine()).isEqualTo("hello");
				}
				server.close();
				server.waitClosed();
			}
		}
	}

	@Test
	void clientsWaitUntilServingStarts() throws IOException {
		this.network.with((options) -> options.startServing(false).backlog(5));
		StreamServer server = this.network.serve(HELLO);
		assertThat(server.snapshot().state()).isEqualTo(ServerState.BOUND);
		RawClient client = this.network.connectRaw(server);
		await().during(Duration.ofMillis(100)).until(() -> server.snapshot().acceptedConnections() == 0);
		server.startServing();
		server.startServing();
		assertThat(server.snapshot().state()).isEqualTo(ServerState.SERVING);
		assertThat(client.readToEnd()).isEqualTo("hello\n");
	}

	@Test
	void servesUntilItIsClosed() throws Exception {
		this.network.with((options) -> options.startServing(false).name("forever"));
		StreamServer server = this.network.serve(HELLO);
		Thread serving = Thread.ofVirtual().start(() -> serveForever(server));
		assertThat(this.network.connectRaw(server).readToEnd()).isEqualTo("hello\n");
		assertThatIllegalStateException().isThrownBy(server::serveForever)
			.withMessage("server 'forever' is already being awaited on serveForever()");
		server.close();
		assertThat(serving.join(Duration.ofSeconds(5))).isTrue();
		assertThatIllegalStateException().isThrownBy(server::serveForever).withMessage("server 'forever' is closed");
		assertThatIllegalStateException().isThrownBy(server::startServing)
			.withMessageContaining("server 'forever' is closed");
	}

	@Test
	void anInterruptOfServeForeverStopsTheServer() throws Exception {
		this.network.with((options) -> options.gracePeriod(Duration.ofSeconds(10)));
		StreamServer server = this.network.serve(ONE_LINE);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread serving = Thread.ofVirtual().start(() -> {
			serveForever(server);
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		RawClient quiet = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		serving.interrupt();
		assertThat(quiet.readToEnd()).isEmpty();
		quiet.close();
		assertThat(interrupted.get(5, TimeUnit.SECONDS)).isTrue();
		assertThat(server.snapshot().state()).isEqualTo(ServerState.CLOSED);
		assertThat(this.events.closeReasons()).containsExactly(CloseReason.SERVER_STOPPED);
	}

	private static void serveForever(StreamServer server) {
		try {
			server.serveForever();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void closeEndsTheListeningAndLeavesTheConnections() throws Exception {
		StreamServer server = this.network.serve(ONE_LINE);
		SocketAddress address = server.addresses().getFirst();
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		server.close();
		server.close();
		assertThat(server.addresses()).isEmpty();
		await().untilAsserted(() -> assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> RawClient.connect(address).close()));
		assertThat(server.snapshot().state()).isEqualTo(ServerState.CLOSING);
		client.send("still served\n");
		assertThat(client.readToEnd()).isEqualTo("still served\n");
		client.close();
		server.waitClosed();
		assertThat(server.snapshot().state()).isEqualTo(ServerState.CLOSED);
	}

	@Test
	void waitClosedWaitsForTheCloseAndForTheLastConnection() throws Exception {
		StreamServer server = this.network.serve(ONE_LINE);
		CompletableFuture<Void> closed = server.waitClosedAsync();
		RawClient first = this.network.connectRaw(server);
		first.send("x\n");
		assertThat(first.readToEnd()).isEqualTo("x\n");
		first.close();
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThat(closed).as("no connection, not closed").isNotDone();

		RawClient second = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		server.close();
		await().during(Duration.ofMillis(50)).until(() -> !closed.isDone());
		second.close();
		closed.get(5, TimeUnit.SECONDS);
		server.waitClosed();
	}

	@Test
	void waitClosedOfAServerWithoutConnectionsEndsWithTheClose() throws Exception {
		StreamServer server = this.network.serve(HELLO);
		CompletableFuture<Void> closed = server.waitClosedAsync();
		server.close();
		closed.get(5, TimeUnit.SECONDS);
		assertThat(server.snapshot().state()).isEqualTo(ServerState.CLOSED);
	}

	@Test
	void closeClientsSendsWhatWasWritten() throws IOException {
		CountDownLatch done = new CountDownLatch(1);
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write(new byte[3_000_000]);
			done.await();
		});
		RawClient client = this.network.connectRaw(server);
		await().until(() -> this.events.bytesSent() > 0);
		server.close();
		server.closeClients();
		assertThat(client.readToEnd()).hasSize(3_000_000);
		client.close();
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.CLOSED)));
		done.countDown();
	}

	@Test
	void abortClientsResetsThem() throws IOException {
		StreamServer server = this.network.serve(ONE_LINE);
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		server.close();
		server.abortClients();
		assertThatExceptionOfType(IOException.class).isThrownBy(client::readToEnd).withMessageContaining("reset");
		await().until(() -> this.events.closeReasons().equals(List.of(CloseReason.ABORTED)));
	}

	@Test
	void neverHasMoreConnectionsThanItMay() throws IOException {
		int limit = 10;
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		this.network.with((options) -> options.maxConnections(limit));
		StreamServer server = this.network.serve((reader, writer) -> {
			most.accumulateAndGet(now.incrementAndGet(), Math::max);
			writer.write(reader.readLine());
			now.decrementAndGet();
		});
		List<RawClient> clients = new ArrayList<>();
		for (int i = 0; i < 3 * limit; i++) {
			clients.add(this.network.connectRaw(server));
		}
		await().until(() -> server.snapshot().activeConnections() == limit);
		await().during(Duration.ofMillis(100)).until(() -> server.snapshot().acceptedConnections() == limit);
		assertThat(server.snapshot().acceptPaused()).isTrue();
		assertThat(this.events.count("acceptPaused")).isOne();

		long started = System.nanoTime();
		for (RawClient client : clients) {
			client.send("me\n");
			assertThat(client.readToEnd()).isEqualTo("me\n");
			client.close();
		}
		Duration perSlot = Duration.ofNanos((System.nanoTime() - started) / clients.size());
		assertThat(perSlot).as("a slot's reuse").isLessThan(Duration.ofMillis(100));
		await().until(() -> server.snapshot().activeConnections() == 0);
		assertThat(most).hasValue(limit);
		assertThat(server.snapshot().acceptPaused()).isFalse();
		assertThat(server.snapshot().acceptedConnections()).isEqualTo(3 * limit);
		assertThat(this.events.count("acceptResumed")).isEqualTo(this.events.count("acceptPaused"));
	}

	@Test
	void aSlotIsFreeAgainWhateverEndsTheConnection() throws IOException {
		this.network.with((options) -> options.maxConnections(1));
		StreamServer server = this.network.serve(ONE_LINE);
		for (int i = 0; i < 50; i++) {
			RawClient client = this.network.connectRaw(server);
			switch (i % 3) {
				case 0 -> client.reset();
				case 1 -> client.close();
				default -> {
					client.send("x\n");
					assertThat(client.readToEnd()).isEqualTo("x\n");
					client.close();
				}
			}
		}
		await().until(() -> server.snapshot().acceptedConnections() == 50);
		await().until(() -> server.snapshot().activeConnections() == 0);
	}

	@Test
	void knowsItsConnections() throws IOException {
		this.network.with((options) -> options.name("known"));
		StreamServer server = this.network.serve(ONE_LINE);
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		StreamConnection connection = server.connections().iterator().next();
		assertThat(connection.id()).matches("[0-9a-f]{16}");
		assertThat(server.connection(connection.id())).isSameAs(connection);
		assertThat(server.connection("none")).isNull();
		assertThat(connection.serverName()).isEqualTo("known");
		assertThat(connection.localAddress()).isEqualTo(server.addresses().getFirst());
		assertThat(connection.remoteAddress()).isEqualTo(client.channel().getLocalAddress());
		assertThat(connection.toString()).contains(connection.id(), "known", "OPEN");
		assertThat(server.toString()).contains("known", "SERVING", "127.0.0.1", "connections=1");
		ConnectionSnapshot snapshot = connection.snapshot();
		assertThat(snapshot.handlerRunning()).isTrue();
		assertThat(snapshot.inputEnded()).isFalse();
		assertThat(snapshot.age()).isPositive();
		client.close();
		await().until(() -> server.connections().isEmpty());
		assertThat(connection.remoteAddress()).as("kept after the close").isNotNull();
		assertThat(server.connection(connection.id())).isNull();
	}

	@Test
	void aConnectionsHandlerThreadCanBeLookedAt() throws IOException {
		StreamServer server = this.network.serve(ONE_LINE);
		RawClient client = this.network.connectRaw(server);
		await().until(() -> server.connections().size() == 1);
		StreamConnection connection = server.connections().iterator().next();
		await().until(() -> connection.reader().toString().contains("waiting in readLine"));
		assertThat(connection.handlerThread().isVirtual()).isTrue();
		assertThat(connection.handlerThread().getStackTrace()).extracting(StackTraceElement::getMethodName)
			.contains("readLine");
		client.close();
		await().until(() -> connection.handlerThread() == null);
	}

	@Test
	void aServerCanBeClosedByItsOwnHandler() throws Exception {
		CompletableFuture<StreamServer> itself = new CompletableFuture<>();
		StreamServer server = this.network.serve((reader, writer) -> {
			itself.get().close();
			writer.write("closed".getBytes(StandardCharsets.ISO_8859_1));
		});
		itself.complete(server);
		RawClient client = this.network.connectRaw(server);
		assertThat(client.readToEnd()).isEqualTo("closed");
		client.close();
		server.waitClosed();
	}

	@Test
	void anAsynchronousHandlerMayCloseTheServerOnTheLoop() throws Exception {
		CompletableFuture<StreamServer> itself = new CompletableFuture<>();
		StreamServer server = this.network.serveAsync((reader, writer) -> itself.thenAccept((known) -> {
			writer.write("closed".getBytes(StandardCharsets.ISO_8859_1));
			known.close();
		}));
		itself.complete(server);
		RawClient client = this.network.connectRaw(server);
		assertThat(client.readToEnd()).isEqualTo("closed");
		client.close();
		assertThat(server.waitClosedAsync()).succeedsWithin(Duration.ofSeconds(5));
	}

	@Test
	void localhostIsResolved() throws IOException {
		try (StreamServer server = Streams.startServer(HELLO, "localhost", 0, this.network.options())) {
			assertThat(server.addresses()).allSatisfy((address) -> {
				InetAddress inet = ((InetSocketAddress) address).getAddress();
				assertThat(inet.isLoopbackAddress()).isTrue();
			});
		}
	}

	private static void assumeThatThereIsIpv6() {
		try (ServerSocketChannel probe = ServerSocketChannel.open()) {
			probe.bind(new InetSocketAddress("::1", 0));
		}
		catch (IOException ex) {
			abort("no IPv6 here: " + ex);
		}
	}

	private static int port(StreamServer server) {
		return ((InetSocketAddress) server.addresses().getFirst()).getPort();
	}

}
