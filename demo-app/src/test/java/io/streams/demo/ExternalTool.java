package io.streams.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that a test needs and that may not be installed. A test without its program
 * is skipped, or fails where {@code STREAMS_REQUIRE_TOOLS} is {@code true}.
 *
 * @param path where the program is
 */
public record ExternalTool(Path path) {

	private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("STREAMS_REQUIRE_TOOLS"));

	/**
	 * Finds a program on the path, or ends the test.
	 * @param name the program's name
	 * @return the program
	 */
	public static ExternalTool find(String name) {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst()
			.map(ExternalTool::new)
			.orElseGet(() -> absent(name));
	}

	private static ExternalTool absent(String name) {
		String message = name + " is not installed: .ci/run installs what the tests need";
		if (REQUIRED) {
			return Assertions.fail(message + ", and STREAMS_REQUIRE_TOOLS is true");
		}
		Assumptions.abort(message);
		throw new IllegalStateException(message);
	}

	/**
	 * Runs the program to its end.
	 * @param input what it reads
	 * @param timeout how long it may take
	 * @param arguments its arguments
	 * @return what it said
	 */
	public Result run(String input, Duration timeout, Object... arguments) {
		try {
			return run(Files.createTempDirectory("external-tool"), input, timeout, arguments);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private Result run(Path directory, String input, Duration timeout, Object... arguments)
			throws IOException, InterruptedException {
		Path in = Files.writeString(directory.resolve("in"), input, StandardCharsets.ISO_8859_1);
		Path out = directory.resolve("out");
		Process process = new ProcessBuilder(command(arguments)).redirectInput(in.toFile())
			.redirectOutput(out.toFile())
			.redirectErrorStream(true)
			.start();
		try {
			boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
			String output = Files.readString(out, StandardCharsets.ISO_8859_1);
			Assertions.assertTrue(ended, () -> this.path + " has not ended within " + timeout + ", but said " + output);
			return new Result(process.exitValue(), output);
		}
		finally {
			process.destroyForcibly().waitFor();
			Files.delete(in);
			Files.delete(out);
			Files.delete(directory);
		}
	}

	private List<String> command(Object... arguments) {
		return Stream.concat(Stream.of(this.path), Stream.of(arguments)).map(Object::toString).toList();
	}

	/**
	 * How a program ended.
	 *
	 * @param exitCode its exit code
	 * @param output what it wrote
	 */
	public record Result(int exitCode, String output) {

		/** What it wrote, if it ended well. */
		public String successful() {
			Assertions.assertEquals(0, this.exitCode, this.output);
			return this.output;
		}

	}

}
