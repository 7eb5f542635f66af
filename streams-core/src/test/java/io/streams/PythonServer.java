package io.streams;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assertions;

/**
 * A Python program of the test resources that prints its port and serves until its
 * standard input ends.
 *
 * @see PythonTool
 */
final class PythonServer implements AutoCloseable {

	private final Process process;

	private final BufferedReader output;

	private final int[] version;

	private final int port;

	private PythonServer(Process process) throws IOException {
		this.process = process;
		this.output = process.inputReader(StandardCharsets.UTF_8);
		this.version = Arrays.stream(line().split("\\.")).mapToInt(Integer::parseInt).toArray();
		this.port = Integer.parseInt(line());
	}

	/**
	 * Starts a program, or ends the test.
	 * @param resource its name among the resources of this package
	 * @param directory where to put it
	 * @return the program, which serves
	 */
	static PythonServer start(String resource, Path directory) throws IOException {
		Path python = PythonTool.find();
		Path script = directory.resolve(resource);
		try (InputStream source = PythonServer.class.getResourceAsStream(resource)) {
			Files.copy(Objects.requireNonNull(source, resource), script);
		}
		String code = "import runpy, sys; print('%d.%d' % sys.version_info[:2], flush=True);"
				+ " runpy.run_path(sys.argv[1], run_name='__main__')";
		return new PythonServer(new ProcessBuilder(python.toString(), "-c", code, script.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start());
	}

	int port() {
		return this.port;
	}

	boolean isAtLeast(int major, int minor) {
		return this.version[0] > major || (this.version[0] == major && this.version[1] >= minor);
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		try {
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				Assertions.fail("the Python program has not ended with its input");
			}
		}
		finally {
			this.process.destroyForcibly();
			this.output.close();
		}
	}

	private String line() throws IOException {
		return Objects.requireNonNull(this.output.readLine(), "the Python program has ended");
	}

}
