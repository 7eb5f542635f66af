package io.streams;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server whose process has no descriptor left.
 */
@Tag("slow")
@ExtendWith(StreamsInvariants.class)
@EnabledOnOs(OS.LINUX)
@Timeout(20)
class DescriptorLimitTests {

	@Test
	void aServerWithoutDescriptorsBacksOffAndServesOnLater() throws Exception {
		try (ServerProcess server = new ServerProcess()) {
			RawClient established = server.connect();
			// Often enough to load every class of an echo, which takes descriptors here.
			for (int i = 0; i < 50; i++) {
				echo(established);
			}
			server.ask("exhaust");
			List<RawClient> waiting = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				RawClient client = server.connect();
				client.send("waited\n");
				waiting.add(client);
			}
			Figures before = server.figures();
			await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(3)).until(() -> echo(established));
			Figures after = server.figures();
			assertThat(after.cpuMillis() - before.cpuMillis()).as("CPU in two seconds").isLessThan(1000);
			assertThat(after.rejected()).as("reports").isBetween(1L, 5L);
			assertThat(after.accepted()).isOne();

			long released = System.nanoTime();
			server.ask("release");
			for (RawClient client : waiting) {
				assertThat(client.readLine()).isEqualTo("waited");
				client.close();
			}
			assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(2));
			echo(established);
			established.close();
		}
	}

	/** asyncio goes on to report after the close that it cannot accept. */
	@Test
	void aServerThatIsClosedWhileItBacksOffReportsNothingMore() throws Exception {
		try (ServerProcess server = new ServerProcess()) {
			server.ask("exhaust");
			RawClient waiting = server.connect();
			await().until(() -> server.figures().rejected() > 0);
			server.ask("close");
			long reports = server.figures().rejected();
			server.ask("release");
			await().during(Duration.ofSeconds(2))
				.atMost(Duration.ofSeconds(3))
				.until(() -> server.figures().rejected() == reports);
			assertThat(server.figures().accepted()).isZero();
			waiting.close();
		}
	}

	private static boolean echo(RawClient client) throws IOException {
		client.send("echo\n");
		return client.readLine().equals("echo");
	}

	/** What the other process tells of itself. */
	private record Figures(long cpuMillis, long rejected, long accepted) {
	}

	/** The process under test, as its parent sees it. */
	private static final class ServerProcess implements AutoCloseable {

		private final Process process;

		private final BufferedReader answers;

		private final PrintStream questions;

		private final int port;

		ServerProcess() throws IOException {
			Path java = Path.of(System.getProperty("java.home"), "bin", "java");
			this.process = new ProcessBuilder("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh", java.toString(), "-cp",
					System.getProperty("java.class.path"), Main.class.getName())
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			this.answers = this.process.inputReader(StandardCharsets.UTF_8);
			this.questions = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
			this.port = Integer.parseInt(answer());
		}

		RawClient connect() throws IOException {
			return RawClient.connect(new InetSocketAddress("127.0.0.1", this.port));
		}

		String ask(String question) throws IOException {
			this.questions.println(question);
			return answer();
		}

		Figures figures() throws IOException {
			String[] figures = ask("figures").split(" ");
			return new Figures(Long.parseLong(figures[0]), Long.parseLong(figures[1]), Long.parseLong(figures[2]));
		}

		/** The next answer; what is logged in between is passed over. */
		private String answer() throws IOException {
			String line;
			do {
				line = this.answers.readLine();
				assertThat(line).as("the server process ended").isNotNull();
			}
			while (!line.startsWith("> "));
			return line.substring(2);
		}

		@Override
		public void close() throws Exception {
			this.questions.close();
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
			this.answers.close();
		}

	}

	/** The process under test. */
	static final class Main {

		private Main() {
		}

		public static void main(String[] args) throws IOException {
			StreamServer server = Streams.startServer((reader, writer) -> {
				for (byte[] line; (line = reader.readLine()).length > 0;) {
					writer.write(line);
					writer.drain();
				}
			}, "127.0.0.1", 0);
			// Loads what is needed later: a class that is not in a jar needs a descriptor
			// too.
			figures(server);
			answer(String.valueOf(((InetSocketAddress) server.addresses().getFirst()).getPort()));
			List<FileChannel> files = new ArrayList<>();
			BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String question; (question = questions.readLine()) != null;) {
				switch (question) {
					case "exhaust" -> exhaust(files);
					case "release" -> release(files);
					case "close" -> server.close();
					default -> {
					}
				}
				answer(figures(server));
			}
			System.exit(0);
		}

		private static void exhaust(List<FileChannel> files) {
			try {
				while (true) {
					files.add(FileChannel.open(Path.of("/dev/null")));
				}
			}
			catch (IOException ex) {
				// None is left.
				assert !files.isEmpty();
			}
		}

		private static void release(List<FileChannel> files) throws IOException {
			for (FileChannel file : files) {
				file.close();
			}
		}

		private static String figures(StreamServer server) {
			ServerSnapshot snapshot = server.snapshot();
			return figuresOfTheSystem() + " " + snapshot.rejectedConnections() + " " + snapshot.acceptedConnections();
		}

		private static long figuresOfTheSystem() {
			OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
			return TimeUnit.NANOSECONDS.toMillis(system.getProcessCpuTime());
		}

		private static void answer(String text) {
			System.out.println("> " + text);
		}

	}

}
