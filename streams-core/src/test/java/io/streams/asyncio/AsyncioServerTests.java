package io.streams.asyncio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.streams.ConnectOptions;
import io.streams.ConnectionHandler;
import io.streams.ServerOptions;
import io.streams.StreamConnection;
import io.streams.StreamReader;
import io.streams.StreamServer;
import io.streams.StreamWriter;
import io.streams.Streams;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * CPython's {@code test_server.py}, as far as it can be meant in Java: what it shows,
 * under the same names.
 *
 * @see AsyncioTestListTests
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AsyncioServerTests {

	private static final ServerOptions NOT_SERVING = ServerOptions.builder().startServing(false).build();

	/** Waits for the client to go, as most servers of these tests do. */
	private static final ConnectionHandler UNTIL_EOF = (reader, writer) -> {
		try {
			reader.read();
		}
		finally {
			writer.close();
			writer.waitClosed();
		}
	};

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@Test
	void startServer1() throws Exception {
		Service service = new Service();
		StreamServer server = Streams.startServer(service, "127.0.0.1", 0, NOT_SERVING);
		assertThat(server.isServing()).isFalse();
		service.serveForever(server);
		await().until(server::isServing);
		try (Socket client = new Socket("127.0.0.1", server.port())) {
			exchange(client.getInputStream(), client.getOutputStream());
		}
		service.assertInterrupted();
		assertStopped(server);
	}

	@Test
	void startUnixServer1() throws Exception {
		Path path = this.directory.resolve("server");
		Service service = new Service();
		StreamServer server = Streams.startUnixServer(service, path, NOT_SERVING);
		assertThat(server.isServing()).isFalse();
		server.startServing();
		assertThat(server.isServing()).isTrue();
		service.serveForever(server);
		try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
			exchange(Channels.newInputStream(client), Channels.newOutputStream(client));
		}
		service.assertInterrupted();
		assertStopped(server);
	}

	@Test
	void waitClosedBasic() throws Exception {
		try (StreamServer server = Streams.startServer(UNTIL_EOF, "127.0.0.1", 0)) {
			CompletableFuture<@Nullable Void> beforeAnyClient = server.waitClosedAsync();
			assertThat(beforeAnyClient).isNotDone();
			StreamConnection client = Streams.openConnection("127.0.0.1", server.port());
			CompletableFuture<@Nullable Void> withClient = server.waitClosedAsync();
			await().until(() -> server.connections().size() == 1);
			server.close();
			CompletableFuture<@Nullable Void> afterClose = server.waitClosedAsync();
			await().until(() -> server.addresses().isEmpty() && !server.isServing());
			assertThat(List.of(beforeAnyClient, withClient, afterClose)).noneMatch(CompletableFuture::isDone);
			client.writer().close();
			client.writer().waitClosed();
			beforeAnyClient.get(10, TimeUnit.SECONDS);
			withClient.get(10, TimeUnit.SECONDS);
			afterClose.get(10, TimeUnit.SECONDS);
			server.waitClosed();
		}
	}

	@Test
	void waitClosedRace() throws Exception {
		for (int round = 0; round < 100; round++) {
			StreamServer server = Streams.startServer(UNTIL_EOF, "127.0.0.1", 0);
			CompletableFuture<@Nullable Void> closed = server.waitClosedAsync();
			assertThat(closed).isNotDone();
			StreamConnection client = Streams.openConnection("127.0.0.1", server.port());
			Thread serverCloser = Thread.ofVirtual().start(server::close);
			Thread clientCloser = Thread.ofVirtual().start(client.writer()::close);
			serverCloser.join();
			clientCloser.join();
			server.waitClosed();
			assertThat(closed).as("round %d", round).isDone();
		}
	}

	@Test
	void closeClients() throws Exception {
		try (StreamServer server = Streams.startServer(UNTIL_EOF, "127.0.0.1", 0)) {
			StreamConnection client = Streams.openConnection("127.0.0.1", server.port());
			CompletableFuture<@Nullable Void> closed = server.waitClosedAsync();
			await().until(() -> server.connections().size() == 1);
			assertThat(closed).isNotDone();
			server.close();
			server.closeClients();
			closed.get(10, TimeUnit.SECONDS);
			client.close();
		}
	}

	@Test
	void abortClients() throws Exception {
		CompletableFuture<StreamWriter> accepted = new CompletableFuture<>();
		ServerOptions serverOptions = ServerOptions.builder().sendBuffer(65536).receiveBuffer(65536).build();
		ConnectOptions options = ConnectOptions.builder().limit(4096).sendBuffer(65536).receiveBuffer(65536).build();
		try (StreamServer server = Streams.startServer((reader, writer) -> {
			accepted.complete(writer);
			writer.waitClosed();
		}, "127.0.0.1", 0, serverOptions)) {
			StreamConnection client = Streams.openConnection("127.0.0.1", server.port(), options);
			StreamWriter writer = accepted.get(10, TimeUnit.SECONDS);
			writer.write(new byte[3 * 4096]);
			await().until(() -> !client.writer().transport().isReading());
			fillBuffers(writer);
			CompletableFuture<@Nullable Void> closed = server.waitClosedAsync();
			assertThat(closed).isNotDone();
			server.close();
			server.abortClients();
			closed.get(10, TimeUnit.SECONDS);
			client.abort();
		}
	}

	@Test
	void unixServerAddrCleanup() throws Exception {
		Path path = this.directory.resolve("server");
		StreamServer server = Streams.startUnixServer(UNTIL_EOF, path);
		assertThat(path).exists();
		server.close();
		server.waitClosed();
		assertThat(path).doesNotExist();
	}

	@Test
	void unixServerCleanupGone() throws Exception {
		Path path = this.directory.resolve("server");
		StreamServer server = Streams.startUnixServer(UNTIL_EOF, path);
		Files.delete(path);
		server.close();
		server.waitClosed();
		assertThat(path).doesNotExist();
	}

	@Test
	void unixServerCleanupReplaced() throws Exception {
		Path path = this.directory.resolve("server");
		StreamServer server = Streams.startUnixServer(UNTIL_EOF, path);
		Files.delete(path);
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path));
			server.close();
			server.waitClosed();
			assertThat(path).exists();
		}
	}

	@Test
	void unixServerSockCleanup() throws Exception {
		Path path = this.directory.resolve("server");
		ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		socket.bind(UnixDomainSocketAddress.of(path));
		StreamServer server = Streams.startServer(UNTIL_EOF, socket, ServerOptions.DEFAULT);
		server.close();
		server.waitClosed();
		assertThat(path).doesNotExist();
	}

	@Test
	void unixServerCleanupPrevented() throws Exception {
		Path path = this.directory.resolve("server");
		ServerOptions options = ServerOptions.builder().cleanupSocket(false).build();
		StreamServer server = Streams.startUnixServer(UNTIL_EOF, path, options);
		server.close();
		server.waitClosed();
		assertThat(path).exists();
	}

	private static void fillBuffers(StreamWriter writer) {
		byte[] block = new byte[65536];
		for (int i = 0; i < 1000 && writer.transport().writeBufferSize() == 0; i++) {
			writer.write(block);
			writer.flush();
		}
		assertThat(writer.transport().writeBufferSize()).isPositive();
	}

	private static void exchange(InputStream in, OutputStream out) throws IOException {
		byte[] hello = new byte[5 * 1024 + 1];
		Arrays.fill(hello, (byte) '1');
		hello[hello.length - 1] = '\n';
		out.write(hello);
		assertThat(in.read()).isEqualTo('1');
	}

	private static void assertStopped(StreamServer server) {
		assertThat(server.addresses()).isEmpty();
		assertThat(server.isServing()).isFalse();
		assertThatIllegalStateException().isThrownBy(server::serveForever).withMessageContaining("is closed");
	}

	/**
	 * Interrupts the thread that serves for ever once a client has sent its line: what
	 * the cancelled main task is in Python.
	 */
	private static final class Service implements ConnectionHandler {

		private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

		private @Nullable Thread thread;

		void serveForever(StreamServer server) {
			this.thread = Thread.ofPlatform().start(() -> {
				try {
					server.serveForever();
					this.interrupted.complete(false);
				}
				catch (InterruptedException ex) {
					this.interrupted.complete(true);
				}
			});
		}

		@Override
		public void handle(StreamReader reader, StreamWriter writer) throws IOException {
			reader.readLine();
			if (this.thread != null) {
				this.thread.interrupt();
			}
			writer.write(ByteBuffer.wrap(new byte[] { '1' }));
			writer.close();
			writer.waitClosed();
		}

		void assertInterrupted() throws Exception {
			assertThat(this.interrupted.get(10, TimeUnit.SECONDS)).isTrue();
		}

	}

}
