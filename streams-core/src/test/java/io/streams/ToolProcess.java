package io.streams;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

import static org.awaitility.Awaitility.await;

/**
 * A program of somebody else's that talks to a server or client under test. A test whose
 * program is not installed is skipped, or fails where {@code STREAMS_REQUIRE_TOOLS} is
 * {@code true}.
 */
final class ToolProcess implements AutoCloseable {

	private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("STREAMS_REQUIRE_TOOLS"));

	/** The state of a socket in Linux's table of them. */
	private static final String LISTENING = "0A";

	private final Process process;

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private ToolProcess(Process process) {
		this.process = process;
		Thread.ofPlatform().daemon().name("tool-output").start(this::collect);
	}

	static ToolProcess start(String program, Object... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(find(program).toString());
		Stream.of(arguments).map(Object::toString).forEach(command::add);
		return new ToolProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
	}

	private static Path find(String program) {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, program))
			.filter(Files::isExecutable)
			.findFirst()
			.orElseGet(() -> absent(program));
	}

	private static Path absent(String program) {
		String message = program + " is not installed: .ci/run installs what the tests need";
		if (REQUIRED) {
			return Assertions.fail(message + ", and STREAMS_REQUIRE_TOOLS is true");
		}
		Assumptions.abort(message);
		throw new IllegalStateException(message);
	}

	private void collect() {
		byte[] chunk = new byte[8192];
		try (InputStream from = this.process.getInputStream()) {
			for (int n; (n = from.read(chunk)) >= 0;) {
				this.output.write(chunk, 0, n);
			}
		}
		catch (IOException ex) {
			this.output.writeBytes(ex.toString().getBytes(StandardCharsets.UTF_8));
		}
	}

	void send(String text) throws IOException {
		this.process.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		this.process.getOutputStream().flush();
	}

	/** Ends what the program reads. */
	void endInput() throws IOException {
		this.process.getOutputStream().close();
	}

	String output() {
		return this.output.toString(StandardCharsets.ISO_8859_1);
	}

	void awaitOutput(String text) {
		await().alias(text)
			.atMost(Duration.ofSeconds(20))
			.until(() -> output().contains(text) || (!this.process.isAlive() && failWith(text)));
	}

	private boolean failWith(String text) {
		Assertions.assertTrue(output().contains(text), () -> "no '" + text + "' in: " + output());
		return true;
	}

	/**
	 * The port on which the program listens over IPv4. Programs that are told to take any
	 * port do not all say which one they got, but Linux knows.
	 */
	int awaitListening() {
		return await().atMost(Duration.ofSeconds(20)).until(this::listeningPort, (port) -> port != 0);
	}

	private int listeningPort() throws IOException {
		Assertions.assertTrue(this.process.isAlive(), () -> "ended, and does not listen: " + output());
		Path process = Path.of("/proc", Long.toString(this.process.pid()));
		try (Stream<String> sockets = Files.lines(process.resolve("net/tcp"))) {
			List<String> inodes = inodes(process.resolve("fd"));
			return sockets.map((line) -> line.trim().split("\\s+"))
				.filter((socket) -> socket[3].equals(LISTENING) && inodes.contains(socket[9]))
				.mapToInt((socket) -> Integer.parseInt(socket[1].substring(socket[1].indexOf(':') + 1), 16))
				.findFirst()
				.orElse(0);
		}
		catch (NoSuchFileException ex) {
			// A descriptor was closed in the meantime, or the process has ended.
			return 0;
		}
	}

	private static List<String> inodes(Path descriptors) throws IOException {
		List<String> inodes = new ArrayList<>();
		try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
			for (Path link : links) {
				String target = Files.readSymbolicLink(link).toString();
				if (target.startsWith("socket:[")) {
					inodes.add(target.substring("socket:[".length(), target.length() - 1));
				}
			}
		}
		return inodes;
	}

	int awaitEnd() throws InterruptedException {
		Assertions.assertTrue(this.process.waitFor(20, TimeUnit.SECONDS), this::output);
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
