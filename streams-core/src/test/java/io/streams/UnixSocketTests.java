package io.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.streams.transport.BindFailedException;
import io.streams.transport.TransportInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The file of a Unix socket: who may have it, who may use it, and who removes it.
 */
@Tag("sockets")
@Timeout(10)
class UnixSocketTests extends NetworkFixture {

	private static final ConnectionHandler HELLO = (reader, writer) -> writer
		.write("hello".getBytes(StandardCharsets.ISO_8859_1));

	private Path path;

	@Override
	TransportKind kind() {
		return TransportKind.UNIX;
	}

	@BeforeEach
	void choosePath() {
		this.path = this.directory.resolve("socket");
	}

	@Test
	void onlyItsOwnerMayUseTheSocket() throws IOException {
		try (StreamServer server = start()) {
			assertThat(permissions()).isEqualTo("rw-------");
			assertThat(server.addresses()).containsExactly(UnixDomainSocketAddress.of(this.path));
			assertThat(hello()).isEqualTo("hello");
		}
	}

	@Test
	void thePermissionsCanBeChosen() throws IOException {
		this.network.with((options) -> options.unixPermissions(PosixFilePermissions.fromString("rw-rw----")));
		try (StreamServer server = start()) {
			assertThat(permissions()).isEqualTo("rw-rw----");
			assertThat(server.snapshot().state()).isEqualTo(ServerState.SERVING);
		}
	}

	@Test
	void theFileIsRemovedAtTheCloseAndNothingElseIsLeft() throws Exception {
		StreamServer server = start();
		assertThat(files()).containsExactly(this.path);
		server.close();
		server.waitClosed();
		assertThat(files()).isEmpty();
	}

	@Test
	void theFileOfASocketThatWasHandedOverIsRemovedToo() throws Exception {
		ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		channel.bind(UnixDomainSocketAddress.of(this.path));
		StreamServer server = Streams.startServer((reader, writer) -> writer.write("hello".getBytes()), channel,
				this.network.options());
		assertThat(hello()).isEqualTo("hello");
		server.stop(Duration.ofSeconds(1));
		assertThat(files()).isEmpty();
	}

	@Test
	void aFileThatIsNotOursAnyMoreIsLeftAlone() throws Exception {
		StreamServer server = start();
		Files.delete(this.path);
		Files.writeString(this.path, "somebody else's");
		server.close();
		server.waitClosed();
		assertThat(this.path).hasContent("somebody else's");
	}

	@Test
	void aFileThatIsGoneAlreadyIsNoTrouble() throws Exception {
		StreamServer server = start();
		Files.delete(this.path);
		server.close();
		server.waitClosed();
		assertThat(files()).isEmpty();
	}

	@Test
	void theSuccessorsSocketIsLeftAlone() throws Exception {
		StreamServer first = start();
		Files.delete(this.path);
		try (StreamServer second = start()) {
			first.close();
			first.waitClosed();
			assertThat(hello()).isEqualTo("hello");
			assertThat(second.snapshot().state()).isEqualTo(ServerState.SERVING);
		}
	}

	@Test
	void aStaleSocketIsReplaced() throws IOException {
		try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			killed.bind(UnixDomainSocketAddress.of(this.path));
		}
		assertThat(this.path).exists();
		try (StreamServer server = start()) {
			assertThat(hello()).isEqualTo("hello");
			assertThat(server.snapshot().state()).isEqualTo(ServerState.SERVING);
		}
	}

	/** Of several that find the same stale file, one gets the name, and keeps it. */
	@Test
	void ofServersThatStartAtOnceOneGetsTheName() throws Exception {
		for (int round = 0; round < 100; round++) {
			try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
				killed.bind(UnixDomainSocketAddress.of(this.path));
			}
			List<Object> outcomes = startAtOnce(8);
			List<StreamServer> started = outcomes.stream()
				.filter(StreamServer.class::isInstance)
				.map(StreamServer.class::cast)
				.toList();
			try {
				assertThat(started).as("servers started in round %d, among %s", round, outcomes).hasSize(1);
				assertThat(hello()).isEqualTo("hello");
				assertThat(files()).containsExactly(this.path);
			}
			finally {
				started.forEach(StreamServer::close);
			}
			started.getFirst().waitClosed();
			assertThat(files()).isEmpty();
		}
	}

	/** Servers, and the errors of those that were not started. */
	private List<Object> startAtOnce(int count) throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<Object>> starts = Stream.generate(() -> threads.submit(() -> {
				go.await();
				try {
					return (Object) start();
				}
				catch (BindFailedException ex) {
					return ex;
				}
			})).limit(count).toList();
			go.countDown();
			List<Object> outcomes = new ArrayList<>();
			for (Future<Object> start : starts) {
				outcomes.add(start.get(5, TimeUnit.SECONDS));
			}
			return outcomes;
		}
	}

	@Test
	void aLivingServersSocketIsNotStolen() throws IOException {
		StreamServer living = start();
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::start)
			.withMessageContaining(this.path.toString())
			.withMessageContaining("already in use")
			.withMessageContaining("a living server answers there");
		assertThat(hello()).isEqualTo("hello");
		living.close();
	}

	@Test
	void aLivingServerThatAcceptsNobodyIsNotWaitedFor() throws IOException {
		List<SocketChannel> waiting = new ArrayList<>();
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(this.path);
		try (ServerSocketChannel stuck = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			stuck.bind(address, 1);
			fillBacklog(address, waiting);
			assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::start)
				.withMessageContaining("a living server answers there");
		}
		finally {
			for (SocketChannel each : waiting) {
				each.close();
			}
		}
	}

	private static void fillBacklog(UnixDomainSocketAddress address, List<SocketChannel> waiting) throws IOException {
		boolean room = true;
		while (room) {
			SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
			waiting.add(channel);
			channel.configureBlocking(false);
			try {
				room = channel.connect(address);
			}
			catch (IOException ex) {
				room = false;
			}
		}
	}

	/** Nobody listens on it, as on a stale socket. */
	@Test
	void aNamedPipeIsNeverRemoved() throws Exception {
		assertThat(new ProcessBuilder("mkfifo", this.path.toString()).start().waitFor()).isZero();
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::start)
			.withMessageContaining("not a socket");
		assertThat(Files.readAttributes(this.path, BasicFileAttributes.class).isOther()).isTrue();
		assertThat(files()).containsExactly(this.path);
	}

	/** Java counts characters, and the system bytes. */
	@Test
	void aFolderWithAnyNameWillDo() throws IOException {
		Path folder = Files.createDirectory(this.path.resolveSibling("\u6d41".repeat(12)));
		int room = 106 - folder.toString().getBytes(StandardCharsets.UTF_8).length - 1;
		assertThat(room).as("the test's own folder leaves room").isPositive();
		this.path = folder.resolve("s".repeat(room));
		StreamServer server = start();
		assertThat(hello()).isEqualTo("hello");
		server.close();
		assertThat(this.path).doesNotExist();
		Files.delete(folder);
	}

	@Test
	void aSocketWhoseFileIsGoneCanBeHandedOver() throws Exception {
		ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		channel.bind(UnixDomainSocketAddress.of(this.path));
		Files.delete(this.path);
		StreamServer server = Streams.startServer((reader, writer) -> writer.write("hello".getBytes()), channel,
				this.network.options());
		assertThat(server.snapshot().state()).isEqualTo(ServerState.SERVING);
		server.close();
	}

	@Test
	void aFileThatIsNoSocketIsNeverRemoved() throws IOException {
		Files.writeString(this.path, "precious");
		assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::start)
			.withMessageContaining(this.path.toString())
			.withMessageContaining("not a socket");
		assertThat(this.path).hasContent("precious");
		assertThat(files()).containsExactly(this.path);
	}

	@Test
	void aSymbolicLinkIsNeverFollowed() throws IOException {
		Path target = Files.writeString(this.directory.resolve("target"), "precious");
		for (Path each : List.of(target, this.directory.resolve("dangling"))) {
			Files.createSymbolicLink(this.path, each);
			assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::start)
				.withMessageContaining("not a socket");
			assertThat(this.path).isSymbolicLink();
			Files.delete(this.path);
		}
		assertThat(target).hasContent("precious");
		assertThat(files()).containsExactly(target);
	}

	@Test
	void aSymbolicLinkToALivingSocketIsNeverFollowed() throws IOException {
		Path other = this.directory.resolve("other");
		try (StreamServer server = Streams.startUnixServer(HELLO, other, this.network.options())) {
			Files.createSymbolicLink(this.path, other);
			assertThatExceptionOfType(BindFailedException.class).isThrownBy(this::start)
				.withMessageContaining("not a socket");
			assertThat(server.snapshot().state()).isEqualTo(ServerState.SERVING);
		}
	}

	@Test
	void aPathThatIsTooLongIsRefused() {
		Path tooLong = this.directory.resolve("x".repeat(120));
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> Streams.startUnixServer(HELLO, tooLong, this.network.options()))
			.withMessageContaining(tooLong.toString())
			.withMessageContaining("too long");
		assertThat(files()).isEmpty();
	}

	@Test
	void aPathAsLongAsTheSystemAllowsIsTaken() throws IOException {
		Path longest = this.directory.resolve("x".repeat(106 - this.directory.toString().length() - 1));
		try (StreamServer server = Streams.startUnixServer(HELLO, longest, this.network.options());
				RawClient client = RawClient.connect(UnixDomainSocketAddress.of(longest))) {
			assertThat(client.readToEnd()).isEqualTo("hello");
			assertThat(server.snapshot().acceptedConnections()).isOne();
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(longest))).isEqualTo("rw-------");
		}
	}

	@Test
	void aMissingDirectoryIsSaidToBeMissing() {
		Path nowhere = this.directory.resolve("nowhere").resolve("socket");
		assertThatExceptionOfType(BindFailedException.class)
			.isThrownBy(() -> Streams.startUnixServer(HELLO, nowhere, this.network.options()))
			.withMessageContaining(nowhere.toString())
			.withMessageMatching("(?s).*(does not exist|No such file).*");
	}

	@Test
	void theServerKnowsWhoIsAtTheOtherEnd() throws IOException {
		StreamServer server = this.network.serve((reader, writer) -> reader.readLine());
		StreamConnection client = this.network.connect(server);
		await().until(() -> server.connections().size() == 1);
		StreamConnection connection = server.connections().iterator().next();
		String user = System.getProperty("user.name");
		assertThat(connection.info().get(TransportInfo.PEER_USER).getName()).isEqualTo(user);
		assertThat(connection.info().get(TransportInfo.PEER_GROUP)).isNotNull();
		assertThat(connection.remoteAddress()).as("a client has no name").isNull();
		assertThat(connection.localAddress()).isEqualTo(server.addresses().getFirst());
		assertThat(client.remoteAddress()).isEqualTo(server.addresses().getFirst());
	}

	@Test
	void aClientThatClosesOverUnreadBytesIsNoticed() throws IOException {
		RecordingListener events = new RecordingListener();
		this.network.with((options) -> options.listener(events));
		StreamServer server = this.network.serve((reader, writer) -> {
			writer.write(new byte[100]);
			reader.read();
		});
		RawClient client = this.network.connectRaw(server);
		await().until(() -> events.bytesSent() == 100);
		client.close();
		await().atMost(Duration.ofSeconds(2)).until(() -> server.snapshot().activeConnections() == 0);
	}

	private StreamServer start() throws IOException {
		return Streams.startUnixServer(HELLO, this.path, this.network.options());
	}

	private String hello() throws IOException {
		try (RawClient client = RawClient.connect(UnixDomainSocketAddress.of(this.path))) {
			return client.readToEnd();
		}
	}

	private String permissions() throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(this.path, LinkOption.NOFOLLOW_LINKS));
	}

	private List<Path> files() {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
