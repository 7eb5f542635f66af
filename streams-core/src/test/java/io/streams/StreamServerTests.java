package io.streams;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.streams.loop.LoopThreads;
import io.streams.nio.NioTransportFactory;
import io.streams.transport.BindFailedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * The life of a server and what it does about its clients.
 */
@Tag("sockets")
class StreamServerTests extends NetworkFixture {

	private static final ConnectionHandler HELLO = (reader, writer) -> writer
		.write("hello\n".getBytes(StandardCharsets.ISO_8859_1));

	/** Answers a line with itself. */
	private static final ConnectionHandler ONE_LINE = (reader, writer) -> writer.write(reader.readLine());

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
				// Which waits for nobody else, but for this.
				server.close();
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
			.withMessageContaining("server 'forever' is already being awaited on serveForever()");
		server.close();
		assertThat(serving.join(Duration.ofSeconds(5))).isTrue();
		assertThatIllegalStateException().isThrownBy(server::serveForever)
			.withMessage("server 'forever' is closed: start a new one");
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
	void whatBlocksIsRefusedOnAnEventLoop() throws Exception {
		CompletableFuture<List<Throwable>> failures = new CompletableFuture<>();
		CompletableFuture<StreamServer> self = new CompletableFuture<>();
		StreamServer server = this.network.serveAsync((reader, writer) -> {
			StreamServer served = self.join();
			failures.complete(List.of(failureOf(served::waitClosed), failureOf(served::serveForever),
					failureOf(() -> served.stop(Duration.ZERO))));
			return CompletableFuture.completedFuture(null);
		});
		self.complete(server);
		this.network.connectRaw(server);
		assertThat(failures.get(5, TimeUnit.SECONDS))
			.allSatisfy((failure) -> assertThat(failure).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("would block the event loop: "));
		assertThat(server.isServing()).isTrue();
	}

	@Test
	void aStartThatFailedHasGivenBackWhatItHadBound() throws Exception {
		StreamServer other = this.network.serve(HELLO);
		InetSocketAddress free;
		try (ServerSocketChannel probe = ServerSocketChannel.open()) {
			free = (InetSocketAddress) probe.bind(new InetSocketAddress("127.0.0.1", 0)).getLocalAddress();
		}
		for (int i = 0; i < 50; i++) {
			assertThatExceptionOfType(BindFailedException.class).isThrownBy(() -> Streams.startServer(HELLO,
					List.of(free, other.addresses().getFirst()), this.network.options()));
			try (ServerSocketChannel again = ServerSocketChannel.open()) {
				assertThat(again.bind(free).getLocalAddress()).isEqualTo(free);
			}
		}
	}

	@Test
	void servesOnASocketThatIsBoundAlready() throws Exception {
		ServerSocketChannel channel = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
		SocketAddress address = channel.getLocalAddress();
		try (StreamServer server = Streams.startServer(HELLO, channel, this.network.options())) {
			assertThat(server.addresses()).containsExactly(address);
			try (RawClient client = RawClient.connect(address)) {
				assertThat(client.readToEnd()).isEqualTo("hello\n");
			}
			server.stop(Duration.ofSeconds(1));
			assertThat(channel.isOpen()).isFalse();
		}
	}

	@Test
	void theServerOfAFactoryThatWasClosedCanBeClosedAndWaitedFor() throws Exception {
		NioTransportFactory transports = NioTransportFactory.create(TestLoops.of(1, LoopThreads.VIRTUAL));
		StreamServer server = Streams.startServer(HELLO, "127.0.0.1", 0,
				this.network.with((options) -> options.transports(transports)).options());
		transports.close();
		assertThat(server.isServing()).isFalse();
		server.close();
		server.waitClosedAsync().get(5, TimeUnit.SECONDS);
		assertThat(server.stop(Duration.ZERO)).isEqualTo(new StopReport(0, 0, 0, 0));
	}

	@Test
	void aServerWhoseFactoryWasClosedDoesNotBeginToServe() throws Exception {
		NioTransportFactory transports = NioTransportFactory.create(TestLoops.of(1, LoopThreads.VIRTUAL));
		StreamServer server = Streams.startServer(HELLO, "127.0.0.1", 0,
				this.network.with((options) -> options.transports(transports).startServing(false)).options());
		transports.close();
		server.startServing();
		assertThat(server.isServing()).isFalse();
		server.close();
		server.waitClosedAsync().get(5, TimeUnit.SECONDS);
	}

	@Test
	void aSocketThatIsNotBoundIsRefusedAndClosed() throws Exception {
		ServerSocketChannel channel = ServerSocketChannel.open();
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> Streams.startServer(HELLO, channel, this.network.options()))
			.withMessageContaining("is not bound: bind it first");
		assertThat(channel.isOpen()).isFalse();
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> Streams.startServer(HELLO, channel, this.network.options()));
	}

	@Test
	@ExpectedLog(value = "could not set up an accepted connection", times = 1)
	void aConnectionThatCannotBeHandedOverIsClosedAndReported() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		CompletableFuture<StreamConnection> first = new CompletableFuture<>();
		// Neither of the two that come by the options can fail, so it goes past them.
		StreamServer server = StreamServer.bind((connection) -> {
			if (calls.getAndIncrement() == 0) {
				first.complete(connection);
				throw new IllegalStateException("no thread left");
			}
			connection.writer().write("hello\n".getBytes(StandardCharsets.ISO_8859_1));
			connection.core().close(CloseReason.CLOSED);
		}, TestNetwork.TRANSPORTS, List.of(new InetSocketAddress("127.0.0.1", 0)), this.network.options());
		try (server) {
			RawClient unlucky = this.network.connectRaw(server);
			assertThat(unlucky.readToEnd()).isEmpty();
			assertThat(first.join().isClosed()).isTrue();
			first.join().abort();
			// The client may see the end before the server has told of it.
			await().untilAsserted(() -> assertThat(this.events.names()).containsSubsequence("opened", "closed",
					"rejected", "failed"));
			assertThat(server.connections()).isEmpty();
			assertThat(server.snapshot().activeConnections()).isZero();
			assertThat(this.network.connectRaw(server).readToEnd()).isEqualTo("hello\n");
			await().until(() -> server.snapshot().activeConnections() == 0);
		}
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

	/** Nobody asks before the close, and not all have come to the same address. */
	@Test
	void bothAddressesAreKnownAfterTheClose() throws Exception {
		BlockingQueue<StreamConnection> gone = new LinkedBlockingQueue<>();
		StreamServer server = Streams.startServer((reader, writer) -> {
			reader.readLine();
			gone.add(writer.connection());
		}, "0.0.0.0", 0, this.network.options());
		try (server) {
			for (String host : List.of("127.0.0.1", "127.0.0.2", "127.0.0.1")) {
				InetSocketAddress address = new InetSocketAddress(host, server.port());
				SocketAddress own;
				try (SocketChannel client = SocketChannel.open(address)) {
					own = client.getLocalAddress();
				}
				StreamConnection connection = gone.poll(10, TimeUnit.SECONDS);
				await().until(connection::isClosed);
				assertThat(connection.localAddress()).isEqualTo(address);
				assertThat(connection.remoteAddress()).isEqualTo(own);
			}
		}
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

	private static Throwable failureOf(Blocking call) {
		try {
			call.run();
			return new AssertionError("nothing was thrown");
		}
		catch (Exception ex) {
			return ex;
		}
	}

	private interface Blocking {

		void run() throws Exception;

	}

	private static int port(StreamServer server) {
		return ((InetSocketAddress) server.addresses().getFirst()).getPort();
	}

}
