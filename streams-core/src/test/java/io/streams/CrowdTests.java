package io.streams;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import io.streams.tls.TestIdentity;
import io.streams.tls.TestTrust;
import io.streams.tls.TlsOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that together ask for more memory than the server has. Others are served
 * meanwhile and afterwards. The server is a process with a small heap.
 */
@Tag("slow")
@Tag("sockets")
@EnabledOnOs(OS.LINUX)
@Timeout(90)
class CrowdTests {

	private final List<SocketChannel> crowd = new ArrayList<>();

	@AfterEach
	void leave() throws IOException {
		for (SocketChannel client : this.crowd) {
			client.close();
		}
	}

	@Test
	void clientsThatLeaveAPartOfALineEach() throws Exception {
		ByteBuffer part = ByteBuffer.allocate(60_000);
		othersAreServed("echo", 500, (client, random) -> client.write(part.clear()));
	}

	@Test
	void clientsThatReadNothing() throws Exception {
		byte[] lines = "x".repeat(99).concat("\n").repeat(2000).getBytes(StandardCharsets.US_ASCII);
		othersAreServed("echo", 600, (client, random) -> client.write(ByteBuffer.wrap(lines)));
	}

	@Test
	void clientsThatLeavePartsOfAnySize() throws Exception {
		othersAreServed("echo", 600, (client, random) -> client.write(ByteBuffer.allocate(random.nextInt(130_000))));
	}

	/** The answer to each is 300 KB, and the handler does not drain. */
	@Test
	void clientsWhoseHandlersWriteWithoutDraining() throws Exception {
		othersAreServed("undrained", 400,
				(client, random) -> client.write(ByteBuffer.wrap("big\n".getBytes(StandardCharsets.US_ASCII))));
	}

	@Test
	void clientsThatLeaveAPartOfATlsRecordEach() throws Exception {
		// The head of a handshake record of 16 KiB, and less than that.
		byte[] part = new byte[15_000];
		System.arraycopy(new byte[] { 22, 3, 1, 64, 0 }, 0, part, 0, 5);
		ServerProcess.with("tls", (server) -> {
			crowd(server.port(), 700, (client, random) -> client.write(ByteBuffer.wrap(part)));
			await().atMost(Duration.ofSeconds(20)).until(() -> secures(server.port()));
			leave();
			await().atMost(Duration.ofSeconds(10)).until(() -> secures(server.port()));
		});
	}

	/**
	 * The JDK may lose virtual threads meanwhile, those of the loops too. An answer takes
	 * at most 3 s on a machine that does nothing else.
	 */
	@Test
	void applicationThatExhaustsTheHeapForAWhile() throws Exception {
		ServerProcess.with("echo", (server) -> {
			try (RawClient client = RawClient.connect(new InetSocketAddress("127.0.0.1", server.port()));
					BufferedReader output = server.process().inputReader(StandardCharsets.UTF_8)) {
				echo(client);
				client.send("hog\n");
				crowd(server.port(), 50, (each, random) -> each.write(ByteBuffer.allocate(20_000)));
				assertThat(output.readLine()).isEqualTo("> released");
				await().atMost(Duration.ofSeconds(8)).until(() -> servesSoon(server.port()));
			}
		});
	}

	private static boolean secures(int port) {
		try (StreamConnection connection = Streams.openConnection("127.0.0.1", port,
				ConnectOptions.builder()
					.tls(TlsOptions.builder(trustingAnyone()).verifyHostname(false).build())
					.timeout(Duration.ofSeconds(5))
					.build())) {
			return isEchoed(connection);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** The other process has made its certificate itself. */
	private static SSLContext trustingAnyone() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new TestTrust() }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isEchoed(StreamConnection connection) throws IOException {
		connection.writer().write("hello\n".getBytes(StandardCharsets.US_ASCII));
		connection.writer().drain();
		return connection.reader().readLine().length == 6;
	}

	private void othersAreServed(String kind, int clients, Part part) throws Exception {
		ServerProcess.with(kind, (server) -> {
			try (RawClient healthy = RawClient.connect(new InetSocketAddress("127.0.0.1", server.port()))) {
				echo(healthy);
				crowd(server.port(), clients, part);
				for (int i = 0; i < 20; i++) {
					echo(healthy);
				}
				await().atMost(Duration.ofSeconds(20)).until(() -> serves(server.port()));
				leave();
				await().atMost(Duration.ofSeconds(5)).until(() -> serves(server.port()));
				echo(healthy);
			}
		});
	}

	private void crowd(int port, int clients, Part part) throws IOException {
		long seed = System.nanoTime();
		System.out.println("CrowdTests: seed " + seed);
		Random random = new Random(seed);
		for (int i = 0; i < clients; i++) {
			SocketChannel client = SocketChannel.open();
			client.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
			this.crowd.add(client);
			client.configureBlocking(false);
			client.connect(new InetSocketAddress("127.0.0.1", port));
			await().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(20)).until(client::finishConnect);
			try {
				part.leave(client, random);
			}
			catch (IOException ex) {
				// The server has closed it already, as it may.
				client.close();
			}
		}
	}

	private static boolean serves(int port) {
		try (RawClient client = RawClient.connect(new InetSocketAddress("127.0.0.1", port))) {
			echo(client);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** A single handler may be lost as well, so no attempt waits for long. */
	private static boolean servesSoon(int port) {
		try (Socket client = new Socket("127.0.0.1", port)) {
			client.setSoTimeout(2000);
			client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
			return client.getInputStream().readNBytes(6).length == 6;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void echo(RawClient client) throws IOException {
		client.send("hello\n");
		assertThat(client.readLine()).isEqualTo("hello");
	}

	/** The part that each client of the crowd plays. */
	@FunctionalInterface
	private interface Part {

		void leave(SocketChannel client, Random random) throws IOException;

	}

	/** Does something with a server. */
	@FunctionalInterface
	private interface Body {

		void accept(ServerProcess server) throws Exception;

	}

	/**
	 * The process under test.
	 *
	 * @param process the process
	 * @param port where it listens
	 */
	private record ServerProcess(Process process, int port) {

		static void with(String kind, Body body) throws Exception {
			Path java = Path.of(System.getProperty("java.home"), "bin", "java");
			Process process = new ProcessBuilder(java.toString(), "-Xmx40m", "-cp",
					System.getProperty("java.class.path"), Main.class.getName(), kind)
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
				String line;
				do {
					line = output.readLine();
					assertThat(line).as("the server process ended").isNotNull();
				}
				while (!line.startsWith("> "));
				body.accept(new ServerProcess(process, Integer.parseInt(line.substring(2))));
				assertThat(process.isAlive()).isTrue();
			}
			finally {
				process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
			}
		}

	}

	/** The server. */
	static final class Main {

		private static final long EXHAUSTED_NANOS = TimeUnit.SECONDS.toNanos(4);

		private static volatile Object held;

		private Main() {
		}

		public static void main(String[] args) throws IOException {
			ServerOptions options = args[0].equals("tls")
					? ServerOptions.builder().tls(TlsOptions.builder(TestIdentity.SERVER.context()).build()).build()
					: ServerOptions.DEFAULT;
			boolean draining = !args[0].equals("undrained");
			StreamServer server = Streams.startServer((reader, writer) -> {
				for (byte[] line; (line = reader.readLine()).length > 0;) {
					if (line[0] == 'h' && line.length == 4) {
						Thread.ofPlatform().daemon().start(Main::exhaustTheHeap);
					}
					writer.write((line[0] == 'b') ? new byte[300_000] : line);
					if (draining) {
						writer.drain();
					}
				}
			}, "127.0.0.1", 0, options);
			System.out.println("> " + ((InetSocketAddress) server.addresses().getFirst()).getPort());
			while (System.in.read() >= 0) {
				// Until the parent ends.
			}
		}

		/** Leaves room for not even 16 bytes, again and again. */
		private static void exhaustTheHeap() {
			long began = System.nanoTime();
			held = null;
			while (System.nanoTime() - began < EXHAUSTED_NANOS) {
				for (int size = 1 << 20; size >= 16; size /= 2) {
					fill(size);
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
			}
			held = null;
			System.out.println("> released");
		}

		private static void fill(int size) {
			try {
				while (true) {
					held = new Object[] { held, new byte[size] };
				}
			}
			catch (OutOfMemoryError ex) {
				// As intended.
			}
		}

	}

}
