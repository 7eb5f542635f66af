package io.streams.programs;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.streams.PythonTool;
import io.streams.StreamServer;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the programs of {@code docs/asyncio-parity.md}, in Java and in Python, and checks
 * that the page shows them as they are.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParityProgramsTests {

	private static final Path PAGE = Path.of("..", "docs", "asyncio-parity.md");

	private final List<Callable<?>> endings = new ArrayList<>();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	/** What a program is written in. */
	enum Language {

		JAVA, PYTHON

	}

	@AfterEach
	void end() throws Exception {
		for (Callable<?> ending : this.endings.reversed()) {
			ending.call();
		}
	}

	@ParameterizedTest
	@EnumSource
	void echoServer(Language language) throws Exception {
		int port = freePort();
		run(language, () -> EchoServer.main(port), "echo_server.py", port);
		try (Socket client = connect(port)) {
			client.getOutputStream().write(ascii("one\ntwo\nthree"));
			client.shutdownOutput();
			assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("one\ntwo\nthree"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void lineClient(Language language) throws Exception {
		try (ServerSocket server = new ServerSocket(0, 5, loopback())) {
			int port = server.getLocalPort();
			run(language, () -> LineClient.main(port), "line_client.py", port);
			try (Socket client = server.accept()) {
				assertThat(line(client)).isEqualTo("how many?");
				client.getOutputStream().write(ascii("41\n"));
				assertThat(line(client)).isEqualTo("42, please");
				client.getOutputStream().write(ascii("thank you\n"));
				assertThat(client.getInputStream().read()).isEqualTo(-1);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void framing(Language language) throws Exception {
		int port = freePort();
		run(language, () -> Framing.main(port), "framing.py", port);
		try (Socket client = connect(port)) {
			DataOutputStream out = new DataOutputStream(client.getOutputStream());
			DataInputStream in = new DataInputStream(client.getInputStream());
			for (String message : List.of("abc", "", "x".repeat(200_000) + "y")) {
				out.writeInt(message.length());
				out.write(ascii(message));
				assertThat(in.readInt()).isEqualTo(message.length());
				assertThat(in.readNBytes(message.length()))
					.isEqualTo(ascii(new StringBuilder(message).reverse().toString()));
			}
			out.writeInt(1_000_001);
			assertThat(in.read()).isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void proxy(Language language) throws Exception {
		int port = freePort();
		try (ServerSocket target = new ServerSocket(0, 5, loopback())) {
			run(language, () -> Proxy.main(port, target.getLocalPort()), "proxy.py", port, target.getLocalPort());
			try (Socket client = connect(port); Socket upstream = target.accept()) {
				client.getOutputStream().write(ascii("a question"));
				client.shutdownOutput();
				assertThat(upstream.getInputStream().readAllBytes()).isEqualTo(ascii("a question"));
				upstream.getOutputStream().write(ascii("an answer"));
				upstream.shutdownOutput();
				assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("an answer"));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void gracefulServer(Language language) throws Exception {
		int port = freePort();
		CompletableFuture<StreamServer> server = new CompletableFuture<>();
		Process process = run(language, () -> server.complete(GracefulServer.main(port)), "graceful_server.py", port);
		try (Socket client = connect(port)) {
			client.getOutputStream().write(ascii("hear me\n"));
			assertThat(line(client)).isEqualTo("HEAR ME");
			if (process != null) {
				process.destroy();
			}
			else {
				GracefulServer.stop(server.get());
			}
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		if (process != null) {
			assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "EchoServer, echo_server", "LineClient, line_client", "Framing, framing", "Proxy, proxy",
			"GracefulServer, graceful_server" })
	void thePageShowsTheProgramsAsTheyAre(String java, String python) throws IOException {
		String page = Files.readString(PAGE);
		String source = Files.readString(Path.of("src", "test", "java", "io", "streams", "programs", java + ".java"));
		String code = source.substring(source.indexOf("final class "));
		assertThat(page).contains("```java\n" + code.replace("\t", "    ") + "```");
		assertThat(page).contains("```python\n" + resource(python + ".py") + "```");
	}

	@Test
	void thePageListsTheTestsThatAreLeftOut() throws IOException {
		String page = Files.readString(PAGE);
		try (InputStream list = getClass().getResourceAsStream("/io/streams/asyncio/asyncio-tests.txt")) {
			List<String> leftOut = new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8)
				.lines()
				.filter((line) -> line.contains("left out: "))
				.map((line) -> line.split("\\s+", 3))
				.map((parts) -> "| `" + parts[1] + "` | " + parts[2].substring("left out: ".length()) + " |")
				.toList();
			assertThat(leftOut).isNotEmpty().allSatisfy((row) -> assertThat(page).contains(row));
		}
	}

	/**
	 * Runs a program; the process is null for one in Java, which is interrupted at the
	 * end.
	 */
	private @Nullable Process run(Language language, Program java, String python, int... ports) throws IOException {
		if (language == Language.JAVA) {
			Thread thread = Thread.ofPlatform().name(python).start(() -> {
				try {
					java.run();
				}
				catch (InterruptedException ex) {
					// The test is over.
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			});
			this.endings.add(() -> {
				thread.interrupt();
				return thread.join(Duration.ofSeconds(20));
			});
			return null;
		}
		Path script = Files.writeString(this.directory.resolve(python), resource(python));
		List<String> command = new ArrayList<>(List.of(PythonTool.find().toString(), script.toString()));
		for (int port : ports) {
			command.add(Integer.toString(port));
		}
		Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		this.endings.add(() -> process.destroyForcibly().waitFor());
		return process;
	}

	private static String resource(String name) throws IOException {
		try (InputStream resource = ParityProgramsTests.class.getResourceAsStream(name)) {
			return new String(Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static Socket connect(int port) {
		return Awaitility.await()
			.ignoreExceptionsInstanceOf(IOException.class)
			.until(() -> new Socket(loopback(), port), Objects::nonNull);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
			return socket.getLocalPort();
		}
	}

	private static InetAddress loopback() {
		return InetAddress.getLoopbackAddress();
	}

	private static String line(Socket socket) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int b; (b = socket.getInputStream().read()) != '\n';) {
			assertThat(b).as("after '%s'", line).isNotEqualTo(-1);
			line.append((char) b);
		}
		return line.toString();
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	/** A program's main method. */
	private interface Program {

		void run() throws Exception;

	}

}
