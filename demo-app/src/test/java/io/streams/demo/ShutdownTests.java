package io.streams.demo;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests what a termination signal does to a process with many busy connections.
 */
@Tag("slow")
class ShutdownTests {

	private static final int CONNECTIONS = 500;

	private static final Duration GRACE = Duration.ofSeconds(3);

	private static final Pattern LISTENING = Pattern.compile("echo listens on (\\d+)");

	private static final Pattern STOPPED = Pattern.compile("echo stopped: sent (\\d+) unsent (\\d+) aborted (\\d+)");

	@TempDir
	private Path directory;

	private Path output;

	private Process process;

	private int port;

	@BeforeEach
	void startDemo() throws IOException {
		this.output = this.directory.resolve("output");
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
				ShutdownApplication.class.getName(), "--server.port=0", "--demo.traffic=false",
				"--streams.servers.echo.port=0", "--streams.servers.cache.port=0", "--streams.servers.ticker.port=0",
				"--streams.servers.echo-tls.port=0", "--streams.servers.mail.port=0",
				"--streams.servers.console.path=" + this.directory.resolve("demo.sock"),
				"--streams.shutdown.grace-period=" + GRACE.toSeconds() + "s")
			.redirectErrorStream(true)
			.redirectOutput(this.output.toFile())
			.start();
		this.port = Integer.parseInt(await("echo to listen").atMost(Duration.ofSeconds(60))
			.until(() -> find(LISTENING), (found) -> found != null)
			.group(1));
	}

	@AfterEach
	void killDemo() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	@Test
	void deliversWhatWasWrittenAndEndsInTime() throws Exception {
		List<Client> clients = IntStream.range(0, CONNECTIONS).mapToObj(Client::new).toList();
		clients.forEach(Client::start);
		await("all clients to be answered").atMost(Duration.ofSeconds(60))
			.until(() -> clients.stream().allMatch((client) -> client.lines > 20));
		long signalled = System.nanoTime();
		this.process.destroy();
		assertThat(this.process.waitFor(GRACE.plusSeconds(5).toMillis(), TimeUnit.MILLISECONDS))
			.as("ended within its grace and five seconds: %s", Files.readString(this.output))
			.isTrue();
		Duration took = Duration.ofNanos(System.nanoTime() - signalled);
		for (Client client : clients) {
			client.thread.join();
			assertThat(client.failure).as("client %d", client.number).isNull();
		}
		MatchResult stopped = find(STOPPED);
		assertThat(stopped).as(() -> read()).isNotNull();
		assertThat(stopped.group(2)).as("bytes that were not sent").isEqualTo("0");
		assertThat(stopped.group(3)).as("connections that were cut off").isEqualTo("0");
		assertThat(clients.stream().mapToLong((client) -> client.bytes).sum()).as("bytes received, of those sent")
			.isEqualTo(Long.parseLong(stopped.group(1)));
		System.out.println(CONNECTIONS + " connections stopped in " + took.toMillis() + " ms, "
				+ clients.stream().mapToLong((client) -> client.lines).sum() + " lines before");
	}

	@Test
	void endsInTimeAlthoughAClientDoesNotRead() throws Exception {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			Thread sender = Thread.startVirtualThread(() -> flood(socket));
			await("the sender to be held back, and not for a moment only").during(Duration.ofMillis(500))
				.until(() -> !sender.isAlive() || sender.getState() == Thread.State.WAITING);
			this.process.destroy();
			assertThat(this.process.waitFor(GRACE.plusSeconds(5).toMillis(), TimeUnit.MILLISECONDS)).as(() -> read())
				.isTrue();
			assertThat(find(STOPPED)).isNotNull();
			assertThat(find(STOPPED).group(3)).as("connections that were cut off").isEqualTo("1");
		}
	}

	private static void flood(Socket socket) {
		byte[] line = ("x".repeat(1000) + "\n").getBytes(StandardCharsets.US_ASCII);
		try {
			while (true) {
				socket.getOutputStream().write(line);
			}
		}
		catch (IOException ex) {
			// The server is gone
			assertThat(ex).isNotNull();
		}
	}

	private MatchResult find(Pattern pattern) {
		return pattern.matcher(read()).results().findFirst().orElse(null);
	}

	private String read() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Sends numbered lines and compares what comes back, until the server hangs up: what
	 * it got is whole lines, and the first ones that it sent.
	 */
	private final class Client {

		private static final int BATCH = 10;

		private final int number;

		private Thread thread;

		private volatile long lines;

		private volatile long bytes;

		private volatile Throwable failure;

		Client(int number) {
			this.number = number;
		}

		void start() {
			this.thread = Thread.startVirtualThread(() -> {
				try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ShutdownTests.this.port)) {
					talk(socket, new BufferedInputStream(socket.getInputStream()));
				}
				catch (Throwable ex) {
					this.failure = ex;
				}
			});
		}

		private void talk(Socket socket, InputStream input) throws IOException {
			while (send(socket)) {
				for (int i = 0; i < BATCH; i++) {
					String line = readLine(input);
					if (line.isEmpty()) {
						return;
					}
					assertThat(line).isEqualTo(line(this.lines));
					this.lines++;
				}
			}
			assertThat(readLine(input)).isEmpty();
		}

		/**
		 * Sends some lines; an error says that the server has hung up, which reading
		 * confirms.
		 */
		private boolean send(Socket socket) {
			ByteArrayOutputStream batch = new ByteArrayOutputStream();
			for (int i = 0; i < BATCH; i++) {
				batch.writeBytes(line(this.lines + i).getBytes(StandardCharsets.US_ASCII));
			}
			try {
				socket.getOutputStream().write(batch.toByteArray());
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		}

		private String line(long line) {
			return "connection " + this.number + " line " + line + "\n";
		}

		private String readLine(InputStream input) throws IOException {
			StringBuilder line = new StringBuilder();
			for (int next; (next = input.read()) >= 0;) {
				line.append((char) next);
				if (next == '\n') {
					break;
				}
			}
			this.bytes += line.length();
			return line.toString();
		}

	}

}
