package io.streams;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.streams.loop.LoopThreads;
import io.streams.nio.NioTransportFactory;
import io.streams.transport.ConnectFailedException;
import io.streams.transport.TransportFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Connecting, and above all not getting connected.
 */
@Tag("sockets")
@Timeout(10)
class ConnectTests extends NetworkFixture {

	private final List<SocketChannel> fillers = new ArrayList<>();

	@AfterEach
	void closeFillers() throws IOException {
		for (SocketChannel filler : this.fillers) {
			filler.close();
		}
	}

	/** Neither side of what was under way waits for a loop that has ended. */
	@ParameterizedTest
	@EnumSource
	void whatIsUnderWayWhenTheFactoryIsClosedFails(LoopThreads threads) throws Exception {
		TransportFactory transports = Streams.newTransports(TestLoops.of(1, threads));
		ServerOptions options = ServerOptions.builder().transports(transports).build();
		try (ServerSocketChannel peer = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
				StreamServer server = Streams.startServer((reader, writer) -> reader.read(), "127.0.0.1", 0, options);
				StreamConnection connection = Streams.openConnection(peer.getLocalAddress(),
						ConnectOptions.builder().transports(transports).build())) {
			CountDownLatch begun = new CountDownLatch(1);
			CountDownLatch closing = new CountDownLatch(1);
			// The loop has what follows before it, and then sees that it is to end.
			connection.writer().transport().loop().execute(() -> {
				begun.countDown();
				await().until(() -> closing.getCount() == 0);
			});
			begun.await();
			CompletableFuture<StreamConnection> late = Streams.openConnectionAsync(peer.getLocalAddress(),
					ConnectOptions.builder().transports(transports).build());
			RawClient.connect(server.addresses().getFirst()).close();
			Thread closer = Thread.ofVirtual().start(transports::close);
			await().until(
					() -> closer.getState() == Thread.State.WAITING || closer.getState() == Thread.State.TIMED_WAITING);
			closing.countDown();
			assertThatThrownBy(() -> late.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectFailedException.class)
				.hasMessageContaining("the transport factory was closed");
			server.close();
			server.waitClosed();
		}
	}

	@Test
	void aRefusalNamesTheAddress() throws IOException {
		int port = unusedPort();
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection("127.0.0.1", port, options()))
			.withMessageContaining("127.0.0.1:" + port)
			.withMessageContaining("Connection refused");
	}

	@Test
	void anUnknownHostIsSaidToBeUnknown() {
		assertThatExceptionOfType(UnknownHostException.class)
			.isThrownBy(() -> Streams.openConnection("no-such-host.invalid", 1, options()))
			.withMessageContaining("no-such-host.invalid");
		assertThat(Streams.openConnectionAsync("no-such-host.invalid", 1, options())).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(UnknownHostException.class);
	}

	@Test
	void silenceEndsWithTheTimeout() throws IOException {
		int port = portWithAFullBacklog();
		long started = System.nanoTime();
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openConnection("127.0.0.1", port,
					options((options) -> options.timeout(Duration.ofMillis(300)))))
			.withMessageContaining("127.0.0.1:" + port)
			.withMessageContaining("no answer within 300 ms");
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(Duration.ofMillis(300),
				Duration.ofMillis(600));
	}

	@Test
	void aCancelledConnectGivesItsDescriptorBack() throws IOException {
		int port = portWithAFullBacklog();
		int before = StreamsInvariants.sockets().size();
		List<CompletableFuture<StreamConnection>> connecting = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			connecting.add(Streams.openConnectionAsync("127.0.0.1", port, options()));
		}
		await().until(() -> StreamsInvariants.sockets().size() >= before + 200);
		connecting.forEach((each) -> each.cancel(true));
		await().atMost(Duration.ofSeconds(2)).until(() -> StreamsInvariants.sockets().size() <= before);
	}

	@Test
	void connectsThatAreCancelledAtAnyMomentLeaveNothing() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		int port = ((InetSocketAddress) server.addresses().getFirst()).getPort();
		for (int i = 0; i < 500; i++) {
			CompletableFuture<StreamConnection> connecting = Streams.openConnectionAsync("127.0.0.1", port, options());
			long end = System.nanoTime() + i * 1_000L;
			while (System.nanoTime() - end < 0) {
				Thread.onSpinWait();
			}
			if (!connecting.cancel(true)) {
				connecting.get().abort();
			}
		}
		await().until(() -> server.snapshot().activeConnections() == 0);
	}

	/**
	 * The peer may have accepted a connect that was cancelled. An end would tell it that
	 * the client had nothing to say.
	 */
	@Test
	void aConnectThatIsGivenUpIsResetAndDoesNotLookLikeAnEmptyStream() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress())) {
			for (int i = 0; i < 300; i++) {
				CompletableFuture<StreamConnection> connecting = Streams.openConnectionAsync("127.0.0.1",
						listener.getLocalPort(), options());
				long end = System.nanoTime() + i * 1_000L;
				while (System.nanoTime() - end < 0) {
					Thread.onSpinWait();
				}
				if (!connecting.cancel(true)) {
					connecting.get().abort();
				}
			}
			listener.setSoTimeout(1000);
			int accepted = 0;
			for (Socket socket; (socket = acceptIfThereIsOne(listener)) != null; accepted++) {
				assertThatExceptionOfType(SocketException.class).isThrownBy(socket.getInputStream()::read);
				socket.close();
			}
			assertThat(accepted).as("connects that the listener has seen").isPositive();
		}
	}

	private static @Nullable Socket acceptIfThereIsOne(ServerSocket listener) throws IOException {
		try {
			return listener.accept();
		}
		catch (SocketTimeoutException ex) {
			return null;
		}
	}

	@Test
	void anInterruptedConnectGivesItsDescriptorBack() throws Exception {
		int port = portWithAFullBacklog();
		int before = StreamsInvariants.sockets().size();
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		CompletableFuture<Boolean> flagKept = new CompletableFuture<>();
		Thread connecting = Thread.ofVirtual().start(() -> {
			try {
				Streams.openConnection("127.0.0.1", port, options());
			}
			catch (IOException ex) {
				failure.complete(ex);
				flagKept.complete(Thread.currentThread().isInterrupted());
			}
		});
		await().until(() -> StreamsInvariants.sockets().size() > before);
		connecting.interrupt();
		assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
		assertThat(flagKept.get()).isTrue();
		await().until(() -> StreamsInvariants.sockets().size() <= before);
	}

	@Test
	void anInterruptedTakeOverClosesTheSocket() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		CountDownLatch go = new CountDownLatch(1);
		TransportFactory transports = NioTransportFactory.create(TestLoops.of(1, LoopThreads.PLATFORM));
		StreamConnection first = this.network.connect(server, (options) -> options.transports(transports));
		first.writer().transport().loop().execute(() -> waitFor(go));
		SocketChannel channel = SocketChannel.open(server.addresses().getFirst());
		ConnectOptions options = options((each) -> each.transports(transports));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedIOException.class)
			.isThrownBy(() -> Streams.openConnection(channel, options));
		assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
		go.countDown();
		await().until(() -> !channel.isOpen());
		assertThat(first.isClosed()).isFalse();
		transports.close();
	}

	@Test
	void aConnectWithTheThreadInterruptedLeavesNothing() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		int port = ((InetSocketAddress) server.addresses().getFirst()).getPort();
		for (int i = 0; i < 200; i++) {
			Thread.currentThread().interrupt();
			try {
				// It may be done before anybody has to wait.
				Streams.openConnection("127.0.0.1", port, options()).abort();
			}
			catch (InterruptedIOException ex) {
				assertThat(ex).hasMessageContaining("was interrupted");
			}
			assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
		}
		await().until(() -> server.snapshot().activeConnections() == 0);
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void theLocalAddressCanBeChosen() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		StreamConnection client = this.network.connect(server,
				(options) -> options.localAddress(new InetSocketAddress("127.0.0.2", 0)));
		assertThat(((InetSocketAddress) client.localAddress()).getAddress().getHostAddress()).isEqualTo("127.0.0.2");
	}

	@Test
	void aLocalAddressThatIsNotOursFails() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.network.connect(server,
				(options) -> options.localAddress(new InetSocketAddress("192.0.2.1", 0))));
	}

	@Test
	void aLocalAddressOfAnotherFamilyFailsAtOnce() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		assertThatExceptionOfType(IOException.class).isThrownBy(
				() -> this.network.connect(server, (options) -> options.localAddress(new InetSocketAddress("::1", 0))))
			.isNotInstanceOf(InterruptedIOException.class)
			.withMessageContaining("local address");
	}

	@Test
	void aSocketThatIsConnectedAlreadyCanBeTakenOver() throws Exception {
		StreamServer server = this.network.serve((reader, writer) -> writer.write(reader.readLine()));
		SocketChannel channel = SocketChannel.open(server.addresses().getFirst());
		try (StreamConnection client = Streams.openConnection(channel, options())) {
			client.writer().write(new byte[] { 'x', '\n' });
			assertThat(client.reader().readLine()).containsExactly('x', '\n');
			assertThat(client.remoteAddress()).isEqualTo(server.addresses().getFirst());
		}
		assertThat(channel.isOpen()).isFalse();
	}

	@Test
	void aSocketThatIsNotConnectedIsRefusedAndClosed() throws IOException {
		SocketChannel channel = SocketChannel.open();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> Streams.openConnection(channel, options()))
			.withStackTraceContaining("not connected: connect it first");
		assertThat(channel.isOpen()).isFalse();
	}

	@Test
	void localhostIsReachedOnWhicheverAddressListens() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		int port = ((InetSocketAddress) server.addresses().getFirst()).getPort();
		for (UnaryOperator<ConnectOptions.Builder> options : List.<UnaryOperator<ConnectOptions.Builder>>of(
				UnaryOperator.identity(), (each) -> each.happyEyeballsDelay(Duration.ofMillis(250)),
				(each) -> each.interleave(1))) {
			try (StreamConnection client = Streams.openConnection("localhost", port, options(options))) {
				client.writer().write(new byte[] { '\n' });
				assertThat(client.reader().read()).isEmpty();
			}
		}
	}

	@Test
	void aMissingUnixSocketIsNamed() {
		Path path = this.directory.resolve("missing");
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openUnixConnection(path, options()))
			.withMessageContaining(path.toString())
			.withMessageContaining("No such file");
	}

	@Test
	void aFileThatIsNoSocketRefuses() throws IOException {
		Path path = Files.createFile(this.directory.resolve("file"));
		assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> Streams.openUnixConnection(path, options()))
			.withMessageContaining(path.toString())
			.withMessageContaining("refused");
	}

	@Test
	void aUnixServerWithAFullBacklogIsWaitedFor() throws Exception {
		Path path = this.directory.resolve("full");
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(address, 1);
			fillBacklog(address);
			CompletableFuture<StreamConnection> connecting = new CompletableFuture<>();
			Future<?> connect = CompletableFuture.runAsync(() -> {
				try {
					connecting.complete(Streams.openUnixConnection(path, options()));
				}
				catch (IOException ex) {
					connecting.completeExceptionally(ex);
				}
			});
			await().atMost(Duration.ofSeconds(1)).during(Duration.ofMillis(50)).until(() -> !connecting.isDone());
			for (int i = 0; i < this.fillers.size(); i++) {
				server.accept().close();
			}
			connecting.get(5, TimeUnit.SECONDS).abort();
			connect.get();
		}
	}

	@Test
	void aUnixServerWhoseBacklogStaysFullFailsWithTheTimeout() throws Exception {
		Path path = this.directory.resolve("full");
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(address, 1);
			fillBacklog(address);
			assertThatExceptionOfType(ConnectFailedException.class)
				.isThrownBy(() -> Streams.openUnixConnection(path,
						options((options) -> options.timeout(Duration.ofMillis(200)))))
				.withMessageContaining(path.toString())
				.withMessageContaining("no answer within 200 ms");
		}
	}

	private ConnectOptions options() {
		return options(UnaryOperator.identity());
	}

	private ConnectOptions options(UnaryOperator<ConnectOptions.Builder> options) {
		return options.apply(ConnectOptions.builder().listener(this.events).transports(TestNetwork.TRANSPORTS)).build();
	}

	private static int unusedPort() throws IOException {
		try (ServerSocketChannel server = ServerSocketChannel.open()) {
			server.bind(new InetSocketAddress("127.0.0.1", 0));
			return ((InetSocketAddress) server.getLocalAddress()).getPort();
		}
	}

	/** A port that answers nobody any more. */
	private int portWithAFullBacklog() throws IOException {
		this.network.with((options) -> options.startServing(false).backlog(1));
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		for (int i = 0; i < 4; i++) {
			SocketChannel filler = SocketChannel.open();
			this.fillers.add(filler);
			filler.configureBlocking(false);
			filler.connect(server.addresses().getFirst());
		}
		await().during(Duration.ofMillis(50)).until(() -> true);
		return ((InetSocketAddress) server.addresses().getFirst()).getPort();
	}

	private void fillBacklog(UnixDomainSocketAddress address) throws IOException {
		try {
			for (int i = 0; i < 100; i++) {
				SocketChannel filler = SocketChannel.open(StandardProtocolFamily.UNIX);
				filler.configureBlocking(false);
				if (!filler.connect(address)) {
					filler.close();
					return;
				}
				this.fillers.add(filler);
			}
		}
		catch (IOException ex) {
			// It is full now.
			return;
		}
	}

}
